"""``symvae decode``: latents from a file into music."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    Device,
    Force,
    Format,
    Json,
    MaxMinutes,
    ModelOption,
    OutFolder,
    Plot,
    Program,
    Seed,
    Temperature,
    TopP,
    Wav,
    output_of,
)


def decode(
    file: Annotated[Path, typer.Argument(help="An .npz with z or mean, (window, latent).")],
    model: ModelOption = None,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
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
    """Decode latents that `symvae encode` wrote, as they are or edited."""
    output = output_of(
        out, "decode", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.decode import decode as pipeline

    result = pipeline(
        file, model, temperature=temperature, top_p=top_p, seed=seed, device=device, output=output
    )
    show_result(result, as_json=json)
