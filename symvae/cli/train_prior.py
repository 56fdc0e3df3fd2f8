"""``symvae train-prior``: where in z the training music lies, for a trained model."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import progress_bar, say, show
from symvae.cli.train import interruption, say_how_to_resume


def train_prior(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and prior.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="prior.key=value over the model's own choice, as prior.steps=500."),
    ] = None,
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write the prior into the model's folder when it is done.")
    ] = False,
) -> None:
    """Learn a prior for `sample`, `continue` and `infill`; stop with Ctrl-C and go on with --resume."""
    from symvae.config.load import with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.system.artifacts import save_config, save_prior
    from symvae.system.symvae import SymVAE
    from symvae.training.loop import Progress
    from symvae.training.prior import train_prior as learn

    vae, shards = SymVAE.load(model), open_shards(data)
    for word in set_ or []:
        if not word.startswith("prior."):
            raise typer.BadParameter(
                f"{word!r} is not of the prior: give prior.key=value", param_hint="--set"
            )
    config = with_overrides(vae.config, set_ or []).prior
    step = 0
    with progress_bar() as bar, interruption() as interrupted:
        task = bar.add_task("reading", total=None, note="")

        def watch(now: Progress) -> None:
            nonlocal step
            step = now.step
            if step:
                bar.update(task, description="training", completed=step, total=now.steps, note="")
            if now.figures and (step % config.evaluate_every == 0 or step == now.steps):
                told = " ".join(f"{name} {value:.4g}" for name, value in now.figures.items())
                bar.console.print(f"step {step}: {told}", highlight=False, soft_wrap=True)

        prior = learn(
            vae, config, shards, out, resume=resume, watch=watch, stopping=lambda: bool(interrupted)
        )
    if interrupted:
        say_how_to_resume(step)
    if update_model:
        save_prior(vae.folder, prior)
        save_config(vae.folder, replace(vae.config, prior=config))
        say(f"{vae.name} draws from it. To measure: symvae evaluate {model} --data {data} --update-model")
    show(str(out / "prior.safetensors"))
