"""``symvae continue``: new bars after the last one."""

from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    MAX_COUNT,
    BestOf,
    Device,
    FileArgument,
    Force,
    Format,
    Json,
    MaxMinutes,
    ModelOption,
    OutFolder,
    PartOption,
    Plot,
    PriorTemperature,
    Program,
    Seed,
    TrackOption,
    TuneOption,
    Wav,
    output_of,
    track_of,
    tune_in,
)

MAX_BARS = 256


def continue_(
    file: FileArgument,
    bars: Annotated[int, typer.Option("--bars", min=1, max=MAX_BARS, help="Number of bars to add.")] = 8,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of versions.")
    ] = 4,
    model: ModelOption = None,
    bar: Annotated[
        int | None,
        typer.Option("--bar", min=1, help="Last bar before the new ones; by default the tune's last."),
    ] = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    best_of: BestOf = 4,
    prior_temperature: PriorTemperature = 1.0,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    max_minutes: MaxMinutes = DEFAULT_MINUTES,
    program: Program = None,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Continue a tune: its last bars, half as many as the model has, then new ones."""
    output = output_of(
        out, "continue", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.continuation import continue_tune

    result = continue_tune(
        tune_in(file, tune),
        model,
        bars,
        count,
        bar=bar,
        track=track_of(track, part),
        best_of=best_of,
        prior_temperature=prior_temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
