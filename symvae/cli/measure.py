"""``symvae measure``: musical attributes of files."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show_json, show_table
from symvae.cli.options import Json, TrackOption, track_of
from symvae.pipelines.intake import not_read_in_words, spans_of, titles_of, track_in_words


def measure(
    files: Annotated[list[Path], typer.Argument(help="MIDI, MusicXML or ABC files.")],
    track: TrackOption = None,
    json: Json = False,
) -> None:
    """Measure the melody of each file: density, intervals, range, syncopation, tonality, repetition."""
    from symvae.attributes.table import ATTRIBUTES
    from symvae.attributes.table import measure as measure_phrases
    from symvae.errors import MidiError
    from symvae.music.io.files import load_any
    from symvae.music.windows import whole

    songs = {str(file): load_any(file) for file in files}
    readings = {file: whole(song, track_of(track)) for file, song in songs.items()}
    for file, reading in readings.items():
        if reading.track is not None:
            say(f"{file}: {track_in_words(reading.track)}")
        for line in not_read_in_words(songs[file], reading.track):
            say(line)
        for dropped in reading.dropped:
            say(f"{file}: left out: {dropped}")
    labels = [(file, span) for file, reading in readings.items() for span in spans_of(reading)]
    if not labels:
        raise MidiError(
            "There is nothing to measure: no file has a melody. Choose another file or --track; "
            "`symvae inspect` shows what a file holds."
        )
    values = measure_phrases([phrase for reading in readings.values() for phrase in reading.phrases])
    if json:
        show_json(
            [
                {"file": file, "bars": bars} | {name: float(column[i]) for name, column in values.items()}
                for i, (file, bars) in enumerate(labels)
            ]
        )
    else:
        heads = [
            f"{Path(file).name} {title}" for file, reading in readings.items() for title in titles_of(reading)
        ]
        rows = [
            (name, attribute.unit, *(f"{value:.3g}" for value in values[name]))
            for name, attribute in ATTRIBUTES.items()
        ]
        show_table(("attribute", "unit", *heads), rows)
