"""``symvae train-faders``: controls in the attributes' own units, for a trained model."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import progress_bar, say, show
from symvae.cli.options import one_of
from symvae.cli.train import DEVICES, check_device, interruption, say_how_to_resume


def train_faders(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and faders.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help='faders.key=value, as faders.attributes=["register","contour"].'),
    ] = None,
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write the faders into the model's folder when done.")
    ] = False,
    device: Annotated[str, typer.Option("--device", help='"cpu" or "cuda".')] = "cpu",
) -> None:
    """Learn faders for `fade`; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.load import with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.system.artifacts import load_editor, load_scales, save_config, save_editor, save_scales
    from symvae.system.symvae import SymVAE
    from symvae.training.faders import train_faders as learn
    from symvae.training.loop import Progress

    check_device(device)
    vae, shards = SymVAE.load(model), open_shards(data)
    for word in set_ or []:
        if not word.startswith("faders."):
            raise typer.BadParameter(
                f"{word!r} is not of the faders: give faders.key=value", param_hint="--set"
            )
    config = with_overrides(vae.config, set_ or []).faders
    step = 0
    with progress_bar() as bar, interruption() as interrupted:
        task = bar.add_task("training", total=config.steps, note="")

        def watch(now: Progress) -> None:
            nonlocal step
            step = now.step
            bar.update(task, completed=step)
            if now.figures and (step % config.evaluate_every == 0 or step == now.steps):
                told = " ".join(f"{name} {value:.3f}" for name, value in now.figures.items())
                bar.console.print(f"step {step}: {told}", highlight=False, soft_wrap=True)

        learn(
            vae,
            config,
            shards,
            out,
            resume=resume,
            device=device,
            watch=watch,
            stopping=lambda: bool(interrupted),
        )
    if interrupted:
        say_how_to_resume(step)
    if update_model:
        editor, scales = load_editor(out), load_scales(out)
        assert editor is not None
        assert scales is not None
        before = load_scales(vae.folder)
        save_editor(vae.folder, editor)
        save_scales(vae.folder, scales)
        save_config(vae.folder, replace(vae.config, faders=config))
        if before is not None and before.arousal is not None:
            say(f"Its arousal fader went with the old ones. To learn it anew: symvae train-arousal {model}")
        say(f"{vae.name} has them now. To measure: symvae evaluate {model} --data {data} --control")
    show(str(out / "faders.safetensors"))
