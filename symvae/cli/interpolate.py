"""``symvae interpolate``: the path between two melodies, or the square between four."""

from math import isqrt
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    MAX_COUNT,
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
    TrackOption,
    TuneOption,
    Wav,
    music_in,
    one_of,
    output_of,
    tracks_of,
    tunes_in,
)

PATHS = ("slerp", "lerp")


def interpolate(
    files: Annotated[list[Path], typer.Argument(help="Two files: a path. Four: the corners of a square.")],
    steps: Annotated[
        int,
        typer.Option("--steps", "-n", min=2, max=MAX_COUNT, help="Phrases from end to end, both included."),
    ] = 7,
    model: ModelOption = None,
    bar: Annotated[
        list[int] | None,
        typer.Option("--bar", min=1, help="Bar to start from; once for all files, or once for each."),
    ] = None,
    track: TrackOption = None,
    tune: TuneOption = None,
    path: Annotated[
        str, typer.Option("--path", help='"slerp" (along the prior\'s sphere) or "lerp" (straight).')
    ] = "slerp",
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
    """Walk through the latent space from one melody to another; four melodies span a square."""
    files = music_in(files)
    if len(files) not in (2, 4):
        raise typer.BadParameter(f"give two files, or four for a square, not {len(files)}")
    bars: list[int | None] = [*bar] if bar else [None]
    if len(bars) not in (1, len(files)):
        raise typer.BadParameter(f"give --bar once, or {len(files)} times")
    one_of(path, PATHS, "--path")
    if len(files) == 4 and (path != "slerp" or temperature):
        raise typer.BadParameter("a square takes neither --path nor --temperature")
    if len(files) == 4 and steps**2 > MAX_COUNT:
        raise typer.BadParameter(
            f"a square has at most {isqrt(MAX_COUNT)} steps a side", param_hint="--steps"
        )
    output = output_of(
        out, "interpolate", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.interpolate import interpolate as pipeline

    result = pipeline(
        tunes_in(files, tune),
        model,
        steps,
        bars=bars,
        track=tracks_of(track, len(files)),
        path=path,
        temperature=temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
