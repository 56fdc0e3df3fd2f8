"""``symvae measure``: musical attributes of files."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show_json, show_table
from symvae.cli.options import Json, TrackOption, track_of


def measure(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files.")],
    track: TrackOption = None,
    json: Json = False,
) -> None:
    """Measure the melody of each file: density, intervals, range, syncopation, tonality, repetition."""
    from symvae.attributes.table import ATTRIBUTES
    from symvae.attributes.table import measure as measure_phrases
    from symvae.music.files import load_any
    from symvae.music.segment import whole

    readings = {str(file): whole(load_any(file), track_of(track)) for file in files}
    for file, reading in readings.items():
        for dropped in reading.dropped:
            say(f"{file}: left out: {dropped}")
    labels = [
        (file, f"{start + 1}-{end}")
        for file, reading in readings.items()
        for start, end in zip(reading.start_bar, reading.end_bar, strict=True)
    ]
    values = measure_phrases([phrase for reading in readings.values() for phrase in reading.phrases])
    if json:
        show_json(
            [
                {"file": file, "bars": bars} | {name: float(column[i]) for name, column in values.items()}
                for i, (file, bars) in enumerate(labels)
            ]
        )
    else:
        heads = [f"{Path(file).name} {bars}" for file, bars in labels]
        rows = [
            (name, attribute.unit, *(f"{value:.3g}" for value in values[name]))
            for name, attribute in ATTRIBUTES.items()
        ]
        show_table(("attribute", "unit", *heads), rows)
    if not labels:
        raise typer.Exit(1)
