"""Reports on many files, of which a bad one costs itself alone.

The reading processes import the models' tables and the networks behind them; this module does not.
"""

from collections.abc import Callable, Iterable, Iterator

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.music.io.source import Music
from symvae.pipelines.inspect_report import Report, unread_report
from symvae.pipelines.many_files import Piece, each_file
from symvae.pipelines.tracks import Tracks
from symvae.pipelines.unread import Unread

_INSPECT = "symvae.pipelines.inspect"


def inspect_files(
    files: Music | Iterable[Music],
    track: Tracks = None,
    *,
    limits: FileLimits = DEFAULT_LIMITS,
    watch: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Report]:
    """Report on each of some files, and on each music file of some folders, at any depth.

    Args:
        files: Files and folders, or music in any other form.
        track: Name or number of the track to read as the melody in all files, or a sequence with one for
            each; by default the most melody-like one.
        limits: The most that one file may take.
        watch: Called with the number of files done and of all files.

    Yields:
        The report on each file; a file that cannot be read has one with its fault.
    """
    for _, report in each_file(_inspect, files, track, limits=limits, watch=watch, preload=[_INSPECT]):
        yield unread_report(*report) if isinstance(report, Unread) else report


def _inspect(piece: Piece) -> Report:
    from symvae.pipelines.inspect import inspect

    return inspect(piece.source, track=piece.track, name=piece.name)
