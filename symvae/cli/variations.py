"""``symvae similar``: variations of a melody."""

from pathlib import Path
from typing import Annotated

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
    track_of,
)
from symvae.pipelines.intake import match, take_one
from symvae.pipelines.output import Output, numbered


def variations(
    file: Annotated[Path, typer.Argument(help="A MIDI, MusicXML or ABC file.")],
    amount: Annotated[
        float,
        typer.Option("--amount", min=0.0, max=1.0, help="0: the tune itself; 1: nothing of it is left."),
    ] = 0.3,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="How many variations.")
    ] = 4,
    model: ModelOption = DEFAULT_MODEL,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Bar to start from.")] = None,
    track: TrackOption = None,
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
    """Write variations of a melody, as near to it or far from it as you ask."""
    output = Output(
        out or Path("similar"),
        numbered("variation", count),
        "variations",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    taken = take_one(file, vae, track_of(track), bar)
    phrase = taken.phrases[0]
    results = vae.variations(phrase, amount, count, temperature=temperature, seed=seed)
    matches = match(vae, [phrase] * count, results)
    files = output.write(results, [f"variation {number}" for number in range(1, count + 1)])
    if json:
        show_json(
            {
                "model": vae.name,
                "input": taken.report(),
                "amount": amount,
                "variations": [each._asdict() for each in matches],
                "files": [str(path) for path in files],
            }
        )
        return
    for line in taken.lines():
        show(line)
    for number, each in enumerate(matches, 1):
        show(f"variation {number}: {each}")
    for path in files:
        show(str(path))
