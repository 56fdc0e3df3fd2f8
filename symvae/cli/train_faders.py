"""``symvae train-faders``: controls in the attributes' own units, for a trained model."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, Shards, training, with_section


def train_faders(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Shards,
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and faders.")],
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help='faders.key=value, as faders.attributes=["register","contour"].'),
    ] = None,
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write the faders into the model's folder when done.")
    ] = False,
    device: Device = "cpu",
) -> None:
    """Learn faders for `fade`; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.corpus.shards import open_shards
    from symvae.system.symvae import SymVAE
    from symvae.training.processes import check_device
    from symvae.training.tasks import faders as task

    check_device(device)
    vae, shards = SymVAE.load(model), open_shards(data)
    config = with_section(vae.config, set_ or [], "faders")
    with training() as shown:
        task.train_faders(
            vae,
            config,
            shards,
            out,
            resume=resume,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    if update_model:
        if task.install_faders(vae, out, config):
            say(
                "The arousal fader belonged to the old faders and was removed. "
                f"To learn it again: symvae train-arousal {model}"
            )
        say(f"{vae.name} has these faders now. To measure: symvae evaluate {model} --data {data} --control")
    show(str(out / "faders.safetensors"))
