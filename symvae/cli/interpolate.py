"""``symvae interpolate``: the path between two melodies, or the square between four."""

from math import isqrt
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show_result
from symvae.cli.options import (
    DEFAULT_MINUTES,
    MAX_COUNT,
    MAX_SEED,
    Device,
    Force,
    Format,
    Json,
    MaxMinutes,
    ModelOption,
    OutFolder,
    PartOption,
    Plot,
    Program,
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

PATHS = ("search", "slerp", "lerp")
KEPT = ("rhythm", "pitch")
FITS = ("repeat", "cut")


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
    part: PartOption = None,
    tune: TuneOption = None,
    path: Annotated[
        str | None,
        typer.Option(
            "--path",
            help='"search" (each step is a melody, the ends are exact), "slerp" (on the sphere of the prior) '
            'or "lerp" (straight). Default: search, where the model can.',
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", help='"rhythm" or "pitch" of the first melody, kept by all steps.'),
    ] = None,
    in_key: Annotated[
        bool,
        typer.Option(
            "--in-key", help="Bring the second melody into the key of the first; the last step has its own."
        ),
    ] = False,
    whole: Annotated[
        str | None,
        typer.Option(
            "--whole", help='Whole tunes: "repeat" the shorter ones to the longest, or "cut" to the shortest.'
        ),
    ] = None,
    temperature: Temperature = 0.0,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", min=0, max=MAX_SEED, help="Another seed, another path. Same seed, same notes."
        ),
    ] = 0,
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
    """Morph one melody into another; four melodies span a square."""
    files = music_in(files)
    if len(files) not in (2, 4):
        raise typer.BadParameter(f"give two files, or four for a square, not {len(files)}")
    bars: list[int | None] = [*bar] if bar else [None]
    if len(bars) not in (1, len(files)):
        raise typer.BadParameter(f"give --bar once, or {len(files)} times")
    for word, allowed, option in ((path, PATHS, "--path"), (keep, KEPT, "--keep"), (whole, FITS, "--whole")):
        if word is not None:
            one_of(word, allowed, option)
    if len(files) == 4 and (path == "lerp" or keep or in_key or temperature):
        raise typer.BadParameter("a square takes neither --path lerp, --keep, --in-key nor --temperature")
    only_searched = (keep and "--keep") or (in_key and "--in-key") or (whole and "--whole")
    if only_searched and path not in (None, "search"):
        raise typer.BadParameter(f"{only_searched} needs --path search, not {path}")
    if temperature and (only_searched or path == "search"):
        raise typer.BadParameter("a searched path takes no --temperature")
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
        track=tracks_of(track, len(files), part),
        path=path,
        keep=keep,
        in_key=in_key,
        whole=whole,
        temperature=temperature,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
