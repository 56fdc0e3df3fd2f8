"""``symvae accompany``: bass and drums for a melody."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    BestOf,
    Device,
    FileArgument,
    Force,
    Json,
    ModelOption,
    PriorTemperature,
    Seed,
    TrackOption,
    TuneOption,
    track_of,
    tune_in,
)


def accompany(
    file: FileArgument,
    model: ModelOption = None,
    parts: Annotated[
        str, typer.Option("--parts", help="Parts to draw: one or two of melody, bass, drums, with commas.")
    ] = "bass,drums",
    chords: Annotated[
        str | None,
        typer.Option(
            "--chords",
            help='Chords that bind the bass: "C Am F G" (one a bar), file, estimated, or free for none. '
            "Default: those of the file; where it has none, estimated ones.",
        ),
    ] = None,
    track: TrackOption = None,
    tune: TuneOption = None,
    best_of: BestOf = 4,
    prior_temperature: PriorTemperature = 1.0,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The MIDI file to write; without it, a report alone.")
    ] = None,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Draw bass and drums for a melody, which stays note for note, in a song of any length."""
    from symvae.pipelines.accompany import accompany as pipeline

    result = pipeline(
        tune_in(file, tune),
        model,
        parts=[part.strip() for part in parts.split(",") if part.strip()],
        chords=chords,
        track=track_of(track),
        best_of=best_of,
        prior_temperature=prior_temperature,
        seed=seed,
        device=device,
        place=out,
        force=force,
    )
    show_result(result, as_json=json)
