"""``symvae sample``: new phrases from the prior."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import counted, show, show_json
from symvae.cli.options import (
    DEFAULT_MODEL,
    MAX_COUNT,
    Force,
    Format,
    Json,
    ModelOption,
    OutFolder,
    Plot,
    PriorTemperature,
    Program,
    Seed,
    Temperature,
    TopP,
    Wav,
    one_of,
)
from symvae.pipelines.output import Output, numbered

PRIORS = ("learned", "gaussian")
#: The tempos that a MIDI file holds to two decimals.
MIN_TEMPO_QPM, MAX_TEMPO_QPM = 4.0, 500.0


def sample(
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="How many phrases.")] = 8,
    model: ModelOption = DEFAULT_MODEL,
    temperature: Temperature = 0.0,
    top_p: TopP = 1.0,
    prior: Annotated[
        str,
        typer.Option("--prior", help='"learned" (from the training music) or "gaussian".'),
    ] = "learned",
    prior_temperature: PriorTemperature = 1.0,
    tempo: Annotated[
        float | None,
        typer.Option(
            "--tempo",
            min=MIN_TEMPO_QPM,
            max=MAX_TEMPO_QPM,
            help="Quarter notes a minute. Default: what the model says; 120 of melodies.",
        ),
    ] = None,
    seed: Seed = 0,
    out: OutFolder = None,
    force: Force = False,
    format: Format = "mid",
    plot: Plot = False,
    wav: Wav = False,
    program: Program = 0,
    json: Json = False,
) -> None:
    """Draw new phrases from the model's prior."""
    one_of(prior, PRIORS, "--prior")
    output = Output(
        out or Path("sample"),
        numbered("sample", count),
        "samples",
        format=format,
        plot=plot,
        wav=wav,
        program=program,
        force=force,
    ).check()
    from symvae.system.symvae import SymVAE

    vae = SymVAE.load(model)
    phrases = vae.sample(
        count,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        prior=prior,
        prior_temperature=prior_temperature,
        tempo_qpm=tempo,
    )
    files = output.write(phrases, [f"sample {number}" for number in range(1, count + 1)])
    if json:
        show_json(
            {
                "model": vae.name,
                "seed": seed,
                "notes": [len(phrase) for phrase in phrases],
                "files": [str(path) for path in files],
            }
        )
        return
    show(f"{counted(count, 'phrase')} of {counted(vae.grid.bars, 'bar')} from {vae.name}, seed {seed}")
    for path in files:
        show(str(path))
