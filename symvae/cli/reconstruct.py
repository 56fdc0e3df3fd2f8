"""``symvae reconstruct``: encode and decode a tune."""

from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
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


def reconstruct(
    file: FileArgument,
    model: ModelOption = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    temperature: Temperature = 0.0,
    posterior_temperature: Annotated[
        float,
        typer.Option(
            "--posterior-temperature",
            min=0.0,
            help="Scale of the posterior's standard deviation in the draw of z; 0 takes its mean.",
        ),
    ] = 0.0,
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
    """Encode a tune and decode it again, window by window, joined to one tune."""
    output = output_of(
        out, "reconstruct", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.reconstruct import reconstruct as pipeline

    result = pipeline(
        tune_in(file, tune),
        model,
        track=track_of(track, part),
        temperature=temperature,
        posterior_temperature=posterior_temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
