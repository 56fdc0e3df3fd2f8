"""``symvae variations``: variations of a melody."""

from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    MAX_COUNT,
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
    Program,
    Seed,
    Temperature,
    TrackOption,
    TuneOption,
    Wav,
    output_of,
    track_of,
    tune_in,
)


def variations(
    file: FileArgument,
    amount: Annotated[
        float,
        typer.Option("--amount", min=0.0, max=1.0, help="0: the tune itself; 1: an unrelated one."),
    ] = 0.3,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of variations.")
    ] = 4,
    model: ModelOption = None,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Bar to start from.")] = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    temperature: Temperature = 0.0,
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
    """Write variations of a melody, near to it or far from it."""
    output = output_of(
        out, "variations", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.variations import variations as pipeline

    result = pipeline(
        tune_in(file, tune),
        model,
        amount,
        count,
        bar=bar,
        track=track_of(track, part),
        temperature=temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
