"""``symvae measure``: musical attributes of files."""

from symvae.cli.console import say, show_json, show_table
from symvae.cli.options import FilesArgument, Json, TrackOption, tracks_of


def measure(files: FilesArgument, track: TrackOption = None, json: Json = False) -> None:
    """Measure the melody of each file: density, intervals, range, syncopation, tonality, repetition."""
    from symvae.attributes.table import ATTRIBUTES
    from symvae.pipelines.measure import measure as pipeline

    measured = pipeline(files, tracks_of(track, len(files)))
    for notice in measured.notices:
        say(notice)
    if json:
        show_json(measured.data())
        return
    rows = [
        (name, attribute.unit, *(f"{value:.3g}" for value in measured.values[name]))
        for name, attribute in ATTRIBUTES.items()
    ]
    show_table(("attribute", "unit", *measured.titles), rows)
