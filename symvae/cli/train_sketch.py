"""``symvae train-sketch``: a sketch model, which fills in bars by their pitches, rhythm or both."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, Shards, training, with_section


def train_sketch(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")],
    data: Shards,
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and sketch model.")],
    resume: Resume = False,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="sketch.key=value, as sketch.steps=3000.")
    ] = None,
    update_model: Annotated[
        bool, typer.Option("--update-model", help="Write the sketch model into the model's folder when done.")
    ] = False,
    device: Device = "cpu",
) -> None:
    """Learn to fill in bars from a sketch; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.corpus.shards import open_shards
    from symvae.system.symvae import SymVAE
    from symvae.training.processes import check_device
    from symvae.training.tasks import sketch as task

    check_device(device)
    vae, shards = SymVAE.load(model), open_shards(data)
    config = with_section(vae.config, set_ or [], "sketch")
    with training() as shown:
        task.train_sketch(
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
        task.install_sketch(vae, out, config)
        say(f"{vae.name} fills in sketches now, as in: symvae infill TUNE --model {model} --rhythm ...")
    show(str(out / "sketch.safetensors"))
