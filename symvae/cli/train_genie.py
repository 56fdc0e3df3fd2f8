"""``symvae train-genie``: eight buttons that play the piano, from prepared music."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


def train_genie(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Shards that `symvae prepare` wrote; may be repeated.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as model.hidden_size=256."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a genie; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.genie import GenieConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.training.processes import check_device
    from symvae.training.tasks.genie import train_genie as task

    config = with_overrides(load_preset(preset, GenieConfig), set_ or [])
    check_device(device)
    with training() as shown:
        model = task(
            config,
            [open_shards(folder) for folder in data],
            out,
            resume=resume,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    show(str(model))
