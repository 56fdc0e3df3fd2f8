"""``symvae plot``: a piano roll of files."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import exit_if_unread, say, show_files
from symvae.cli.options import (
    FilesArgument,
    Force,
    MaxMemory,
    MaxSeconds,
    PartOption,
    TrackOption,
    TuneOption,
    tracks_of,
    tunes_in,
)
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits


def plot(
    files: FilesArgument,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write (PNG, PDF or SVG).")] = Path(
        "piano_roll.png"
    ),
    max_seconds: MaxSeconds = DEFAULT_LIMITS.seconds,
    max_memory: MaxMemory = DEFAULT_LIMITS.memory_mib,
    force: Force = False,
) -> None:
    """Draw the melody of each file as a piano roll, one panel each.

    A file that cannot be read is reported, and the others are drawn; the exit status is then 1.
    """
    from symvae.pipelines.plot import plot as pipeline

    limits = FileLimits(max_seconds, max_memory)
    saved = pipeline(
        tunes_in(files, tune), out, tracks_of(track, len(files), part), force=force, limits=limits
    )
    for notice in saved.notices:
        say(notice)
    show_files(saved)
    exit_if_unread(saved.unread)
