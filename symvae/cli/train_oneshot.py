"""``symvae train-oneshot``: a drum machine from prepared one-shot sounds."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


def train_oneshot(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[Path, typer.Option("--data", help="Sounds that `symvae prepare sounds` wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    resume: Resume = False,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The drum machine that a decoder is trained for; of codes, that a prior is trained for.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as objective.beta=0.001."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a drum machine or another decoder of one; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.load import with_overrides
    from symvae.config.oneshot_family import load_oneshot_preset
    from symvae.pipelines.train_oneshot import train_drum_machine
    from symvae.training.processes import check_device

    config = with_overrides(load_oneshot_preset(preset), set_ or [])
    check_device(device)
    with training() as shown:
        model = train_drum_machine(
            config,
            data,
            out,
            resume=resume,
            start=from_,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    show(str(model))
