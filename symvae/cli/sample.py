"""``symvae sample``: new phrases from the prior."""

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
    PriorTemperature,
    Program,
    Seed,
    Temperature,
    TopP,
    Wav,
    amounts_of,
    one_of,
    output_of,
)

PRIORS = ("learned", "gaussian")
#: Tempos that a MIDI file represents to two decimals.
MIN_TEMPO_QPM, MAX_TEMPO_QPM = 4.0, 500.0


def sample(
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=MAX_COUNT, help="Number of phrases.")] = 8,
    model: ModelOption = None,
    metre: Annotated[
        str | None,
        typer.Option("--metre", help="Time signature: 4/4, 3/4, 6/8. Default: that of --model, or 4/4."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--form",
            help="A letter for each section, as AABA or AA'BA, whose equal bars repeat; real: forms of the "
            "training tunes; or free. Default: real where the model knows forms.",
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="Tonic and mode, as D or E minor. Default: the model's own.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="attribute=value, as notes_per_bar=6: of eight draws the nearest is taken; can be repeated.",
        ),
    ] = None,
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
            help="Quarter notes a minute. Default: the model's own, 120 for melodies.",
        ),
    ] = None,
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
    """Draw new phrases from the model's prior."""
    one_of(prior, PRIORS, "--prior")
    output = output_of(
        out, "sample", format, plot=plot, wav=wav, max_minutes=max_minutes, program=program, force=force
    )
    from symvae.pipelines.sample import sample as pipeline

    result = pipeline(
        model,
        count,
        metre=metre,
        form=form,
        key=key,
        values=amounts_of(set_ or [], "attribute=value"),
        temperature=temperature,
        top_p=top_p,
        prior=prior,
        prior_temperature=prior_temperature,
        tempo_qpm=tempo,
        seed=seed,
        device=device,
        output=output,
    )
    show_result(result, as_json=json)
