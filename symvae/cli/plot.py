"""``symvae plot``: a piano roll of a file."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import Force, TrackOption, track_of
from symvae.pipelines.output import refuse_existing


def plot(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files, one panel each.")],
    track: TrackOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write (PNG, PDF or SVG).")] = Path(
        "piano_roll.png"
    ),
    force: Force = False,
) -> None:
    """Draw the melody of each file as a piano roll."""
    from symvae.errors import MidiError
    from symvae.music.io.files import load_any
    from symvae.music.phrase import Phrase
    from symvae.music.windows import whole
    from symvae.plot.piano_roll import piano_roll, picture_path

    out = picture_path(out)
    refuse_existing([out], force)
    phrases: list[Phrase] = []
    titles: list[str] = []
    for file in files:
        reading = whole(load_any(file), track_of(track))
        for dropped in reading.dropped:
            say(f"{file}: left out: {dropped}")
        phrases += reading.phrases
        titles += [
            f"{file.name}, bars {start + 1}-{end}"
            for start, end in zip(reading.start_bar, reading.end_bar, strict=True)
        ]
    if not phrases:
        raise MidiError("There is nothing to draw: no file has a melody. `symvae inspect` says why.")
    out.parent.mkdir(parents=True, exist_ok=True)
    piano_roll(phrases, out, titles, force=force)
    show(str(out))
