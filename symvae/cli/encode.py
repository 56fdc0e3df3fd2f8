"""``symvae encode``: files into latents, as plain arrays."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    Device,
    FilesArgument,
    Force,
    Json,
    ModelOption,
    PartOption,
    TrackOption,
    TuneOption,
    music_in,
    tracks_of,
    tunes_in,
)


def encode(
    files: FilesArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The .npz file to write.")] = Path("z.npz"),
    model: ModelOption = None,
    track: TrackOption = None,
    part: PartOption = None,
    tune: TuneOption = None,
    force: Force = False,
    device: Device = "cpu",
    json: Json = False,
) -> None:
    """Write the posterior of every window: mean and log_std, (window, latent), with file, bar and tempo."""
    from symvae.pipelines.encode import encode as pipeline

    files = music_in(files)
    result = pipeline(
        tunes_in(files, tune),
        model,
        out,
        track=tracks_of(track, len(files), part),
        force=force,
        device=device,
    )
    show_result(result, as_json=json)
