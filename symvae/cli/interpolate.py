"""``symvae interpolate``: the path between two melodies, or the square between four."""

from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symvae.cli.console import show, show_json
from symvae.cli.options import (
    DEFAULT_MODEL,
    MAX_COUNT,
    Force,
    Format,
    Json,
    ModelOption,
    OutFolder,
    Plot,
    Program,
    Seed,
    Temperature,
    TrackOption,
    Wav,
    one_of,
    track_of,
)
from symvae.pipelines.intake import Taken, match, take_one
from symvae.pipelines.output import Output, numbered

if TYPE_CHECKING:
    from symvae.music.phrase import Phrase
    from symvae.system.symvae import SymVAE

PATHS = ("slerp", "lerp")
CORNERS = ("top left", "top right", "bottom left", "bottom right")


def interpolate(
    files: Annotated[list[Path], typer.Argument(help="Two files: a path. Four: the corners of a square.")],
    steps: Annotated[
        int,
        typer.Option("--steps", "-n", min=2, max=MAX_COUNT, help="Phrases from end to end, both included."),
    ] = 7,
    model: ModelOption = DEFAULT_MODEL,
    bar: Annotated[
        list[int] | None,
        typer.Option("--bar", min=1, help="Bar to start from; once for all files, or once for each."),
    ] = None,
    track: TrackOption = None,
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
    program: Program = 0,
    json: Json = False,
) -> None:
    """Walk through the latent space from one melody to another; four melodies span a square."""
    if len(files) not in (2, 4):
        raise typer.BadParameter(f"give two files, or four for a square, not {len(files)}")
    bars: list[int | None] = [*bar] if bar else [None]
    if len(bars) not in (1, len(files)):
        raise typer.BadParameter(f"give --bar once, or {len(files)} times")
    one_of(path, PATHS, "--path")
    square = len(files) == 4
    if square and (path != "slerp" or temperature):
        raise typer.BadParameter("a square takes neither --path nor --temperature")
    if square and steps**2 > MAX_COUNT:
        raise typer.BadParameter(
            f"a square has at most {isqrt(MAX_COUNT)} steps a side", param_hint="--steps"
        )
    names = _square_names(steps) if square else numbered("step", steps)
    output = Output(
        out or Path("interpolate"),
        names,
        "square" if square else "path",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
        columns=steps if square else 1,
    ).check()
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    bars = bars * len(files) if len(bars) == 1 else bars
    taken = [take_one(file, vae, track_of(track), at) for file, at in zip(files, bars, strict=True)]
    given = [each.phrases[0] for each in taken]
    if square:
        top_left, top_right, bottom_left, bottom_right = given
        rows = vae.interpolate_corners(top_left, top_right, bottom_left, bottom_right, steps)
        phrases = [phrase for row in rows for phrase in row]
        came_back = [rows[0][0], rows[0][-1], rows[-1][0], rows[-1][-1]]
        titles = [name.removeprefix("square-") for name in names]
    else:
        start, end = given
        phrases = vae.interpolate(start, end, steps, path=path, temperature=temperature, seed=seed)
        came_back = [phrases[0], phrases[-1]]
        titles = [f"step {number}" for number in range(1, steps + 1)]
    written = output.write(phrases, titles)
    _report(vae, taken, given, came_back, written, as_json=json)


def _square_names(steps: int) -> tuple[str, ...]:
    sides = numbered("", steps)
    return tuple(f"square{row}{column}" for row in sides for column in sides)


def _report(
    vae: "SymVAE",
    taken: list[Taken],
    given: list["Phrase"],
    came_back: list["Phrase"],
    written: list[Path],
    *,
    as_json: bool,
) -> None:
    ends = match(vae, given, came_back)
    labels = CORNERS if len(taken) == 4 else ("start", "end")
    if as_json:
        show_json(
            {
                "model": vae.name,
                "inputs": [each.report() for each in taken],
                "ends": {label: end._asdict() for label, end in zip(labels, ends, strict=True)},
                "files": [str(path) for path in written],
            }
        )
        return
    for each in taken:
        for line in each.lines():
            show(line)
    for label, end in zip(labels, ends, strict=True):
        show(f"{label} came back: {end}")
    for path in written:
        show(str(path))
