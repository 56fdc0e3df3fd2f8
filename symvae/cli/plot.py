"""``symvae plot``: a piano roll of files."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show_files
from symvae.cli.options import Force, TrackOption, tracks_of


def plot(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files, one panel each.")],
    track: TrackOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write (PNG, PDF or SVG).")] = Path(
        "piano_roll.png"
    ),
    force: Force = False,
) -> None:
    """Draw the melody of each file as a piano roll."""
    from symvae.pipelines.plot import plot as pipeline

    saved = pipeline(files, out, tracks_of(track, len(files)), force=force)
    for notice in saved.notices:
        say(notice)
    show_files(saved)
