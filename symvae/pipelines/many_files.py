"""Work on many files, of which a bad one costs itself alone (`symvae.corpus.guard`)."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from symvae.corpus.guard.failure import Failure, from_error
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.guard.pool import guarded_in_order
from symvae.errors import MidiError, SymvaeError
from symvae.music.io.music_files import music_files
from symvae.music.io.source import Music, load_any, members, name_of, pieces, rereadable, unique
from symvae.music.reason import Reason
from symvae.pipelines.tracks import TrackName, Tracks, each_track
from symvae.pipelines.unread import Unread

Value = TypeVar("Value")

#: So few files are read before a second process has started.
_FEW_FILES = 8


class Piece(NamedTuple):
    """One piece of music to read."""

    source: Music
    """A path, the contents of a file, or a song."""
    name: str
    """Its name in reports."""
    track: TrackName | None
    """Name or number of the track to read."""


def each_file(
    function: Callable[[Piece], Value],
    files: Music | Iterable[Music],
    track: Tracks = None,
    *,
    limits: FileLimits = DEFAULT_LIMITS,
    watch: Callable[[int, int], None] = lambda done, total: None,
    preload: Sequence[str] = (),
) -> Iterator[tuple[str, Value | Unread]]:
    """Apply a function to each of some files, and to each music file of some folders, at any depth.

    Args:
        function: Function of one piece, found by its name in the reading processes: no lambda.
        files: Files and folders, or music in any other form.
        track: Name or number of the track to read in all files, or a sequence with one for each.
        limits: The most that one file may take.
        watch: Called with the number of files done and of all files.
        preload: Modules that the reading processes import before the first file.

    Yields:
        Name of each file, with its value, or its fault.
    """
    found: list[Piece | Unread] = []
    sources = members(files)
    for source, one in zip(sources, each_track(track, len(sources)), strict=True):
        found += _pieces(source, one)
    names = unique(each.name if isinstance(each, Piece) else each.file for each in found)
    readable = [each for each in found if isinstance(each, Piece)]
    workers = 1 if len(readable) <= _FEW_FILES else 2
    outcomes = guarded_in_order(function, readable, workers=workers, limits=limits, preload=preload)
    for number, (name, each) in enumerate(zip(names, found, strict=True), 1):
        if isinstance(each, Unread):
            yield name, each
        else:
            outcome = next(outcomes)
            yield name, Unread(each.name, *outcome) if isinstance(outcome, Failure) else outcome
        watch(number, len(found))


def read_or_unread(outcomes: Iterable[tuple[str, Value | Unread]]) -> tuple[dict[str, Value], list[Unread]]:
    """Part the values of files from the files that could not be read.

    Args:
        outcomes: Outcomes of `each_file`.

    Returns:
        The values by the names of their files, and the other files.

    Raises:
        MidiError: No file could be read; the message has a line for each.
    """
    read: dict[str, Value] = {}
    unread: list[Unread] = []
    for name, outcome in outcomes:
        if isinstance(outcome, Unread):
            unread.append(outcome)
        else:
            read[name] = outcome
    if unread and not read:
        raise MidiError("\n".join(map(str, unread)))
    return read, unread


def _pieces(source: Music, track: TrackName | None) -> list[Piece | Unread]:
    """The pieces of a source; what is neither a path nor the contents of a file is read here and now."""
    name = name_of(source)
    try:
        source = rereadable(source)
        if isinstance(source, bytes):
            return [Piece(source, name, track)]
        if not isinstance(source, str | os.PathLike):
            return [Piece(load_any(each), name_of(each), track) for each in pieces(source)]
        if not os.path.isdir(source):
            return [Piece(source, name, track)]
        found = music_files(source)
    except SymvaeError as error:
        return [Unread(name, *from_error(error))]
    unread = [Unread(str(path), Reason.UNREADABLE, fault) for path, fault in found.unreadable.items()]
    return [*(Piece(path, str(path), track) for path in found.files), *unread]
