"""``symvae train``: a model from shards, with fresh weights or those of another model."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, Shards, training


def train(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Shards,
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    resume: Resume = False,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="Start from this model: fine-tune it, or grow it from one bar."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as training.steps=500."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a model; stop with Ctrl-C and go on with --resume. Many processes: start it with torchrun."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.run import RunConfig

    one_of(device, DEVICES, "--device")
    config = with_overrides(load_preset(preset, RunConfig), set_ or [])
    from symvae.system.catalog import find
    from symvae.training.processes import Processes, check_device
    from symvae.training.tasks import phrase

    check_device(device)
    start_from = None if from_ is None else find(from_)
    processes = Processes.current()
    with training(quiet=not processes.first, interruptible=processes.total == 1) as shown:
        model = phrase.train(
            config,
            data,
            out,
            resume=resume,
            start_from=start_from,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    if processes.first:
        show(str(model))
