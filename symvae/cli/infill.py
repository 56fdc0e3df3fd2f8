"""``symvae infill``: bars of a tune redrawn between the others."""

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


def infill(
    file: FileArgument,
    from_: Annotated[
        int, typer.Option("--from", min=1, help="First bar to draw, counted from the window's first.")
    ],
    to: Annotated[int, typer.Option("--to", min=1, help="Last bar to draw.")],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of versions.")
    ] = 4,
    model: ModelOption = None,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Bar where the window starts.")] = None,
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
    """Redraw some bars of a window, conditioned on the others, which stay note for note."""
    output = output_of(
        out, "infill", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.infill import infill as pipeline

    if from_ > to:
        raise typer.BadParameter("give a bar that is not before --from", param_hint="--to")
    result = pipeline(
        tune_in(file, tune),
        model,
        from_,
        to,
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
