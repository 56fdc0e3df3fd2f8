"""``symvae train-groove``: a model of drummers' timing and dynamics from prepared grooves."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, Shards, training


def train_groove(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Shards,
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as model.latent_size=16."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a groove model; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.groove import GrooveConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.training.processes import check_device
    from symvae.training.tasks.groove import train_groove as task

    config = with_overrides(load_preset(preset, GrooveConfig), set_ or [])
    check_device(device)
    with training() as shown:
        model = task(
            config,
            open_shards(data),
            out,
            resume=resume,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    show(str(model))
