"""``symvae train-prior``: a learned prior over the z of a trained model."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.training import Resume, Shards, training, with_section


def train_prior(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Shards,
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and prior.")],
    start: Annotated[
        str | None,
        typer.Option(
            "--from", help="Start from the prior of another model of as many bars: its name or folder."
        ),
    ] = None,
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="prior.key=value over the model's own choice, as prior.steps=500."),
    ] = None,
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write the prior into the model's folder when it is done.")
    ] = False,
) -> None:
    """Learn a prior for `sample`, `continue` and `infill`; stop with Ctrl-C and go on with --resume."""
    from symvae.corpus.shards import open_shards
    from symvae.system.symvae import SymVAE
    from symvae.training.tasks import prior as task

    vae, shards = SymVAE.load(model), open_shards(data)
    config = with_section(vae.config, set_ or [], "prior")
    with training() as shown:
        prior = task.train_prior(
            vae,
            config,
            shards,
            out,
            start=None if start is None else SymVAE.load(start),
            resume=resume,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    if update_model:
        task.install_prior(vae, prior, config)
        say(f"{vae.name} now draws from this prior.")
        if vae.tokenizer.on_grid:
            say(f"To measure: symvae evaluate {model} --data {data} --update-model")
    show(str(out / "prior.safetensors"))
