"""``symvae encode``: files into latents, as plain arrays."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MODEL,
    Device,
    FilesArgument,
    Force,
    Json,
    ModelOption,
    TrackOption,
    load_model,
    track_of,
)


def encode(
    files: FilesArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The .npz file to write.")] = Path("z.npz"),
    model: ModelOption = DEFAULT_MODEL,
    track: TrackOption = None,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Write the posterior of every window: mean and log_std, (window, latent), with file, bar and tempo."""
    from symvae.pipelines.encode import encode as pipeline

    result = pipeline(files, load_model(model, device), out, track=track_of(track), force=force)
    show_result(result, as_json=json)
