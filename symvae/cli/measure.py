"""``symvae measure``: musical attributes of files."""

from symvae.cli.console import exit_if_unread, say, show_json, show_table
from symvae.cli.options import (
    FilesArgument,
    Json,
    MaxMemory,
    MaxSeconds,
    PartOption,
    TrackOption,
    TuneOption,
    tracks_of,
    tunes_in,
)
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits


def measure(
    files: FilesArgument,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    max_seconds: MaxSeconds = DEFAULT_LIMITS.seconds,
    max_memory: MaxMemory = DEFAULT_LIMITS.memory_mib,
    json: Json = False,
) -> None:
    """Measure the melody of each file: density, intervals, range, syncopation, tonality, repetition.

    A file that cannot be read is reported beside the others; the exit status is then 1.
    """
    from symvae.attributes.table import ATTRIBUTES
    from symvae.pipelines.measure import measure as pipeline
    from symvae.tokens.attributes import DRUM_ATTRIBUTES, PERFORMANCE_ATTRIBUTES, SCORE_ATTRIBUTES

    limits = FileLimits(max_seconds, max_memory)
    measured = pipeline(tunes_in(files, tune), tracks_of(track, len(files), part), limits=limits)
    for notice in measured.notices:
        say(notice)
    if json:
        show_json(measured.data())
    else:
        shown = DRUM_ATTRIBUTES if measured.drums else {*SCORE_ATTRIBUTES, *PERFORMANCE_ATTRIBUTES}
        rows = [
            (name, attribute.unit, *(f"{value:.3g}" for value in measured.values[name]))
            for name, attribute in ATTRIBUTES.items()
            if name in shown
        ]
        show_table(("attribute", "unit", *measured.titles), rows)
    exit_if_unread(measured.unread)
