"""``symvae train-audio``: an audio model from a folder of recordings."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


def train_audio(
    recordings: Annotated[Path, typer.Argument(help="Folder of recordings of any length, or one file.")],
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: data, log, state and model.")],
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as model.capacity=16."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a RAVE on recordings of your own; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.rave import RaveConfig
    from symvae.pipelines.train_audio import recordings_of, summary
    from symvae.training.processes import check_device
    from symvae.training.run import RunFolder
    from symvae.training.tasks.rave import STATE, train_rave

    config = with_overrides(load_preset(preset, RaveConfig), set_ or [])
    check_device(device)
    RunFolder.open(out, STATE, resume=resume)  # refused before the recordings are read
    with training() as shown:
        shards = recordings_of(
            recordings,
            out,
            config.model.sample_rate,
            progress=lambda done, total: shown.bar.update(shown.task, completed=done, total=total),
        )
        for line in summary(shards):
            say(line)
        model = train_rave(
            config,
            shards,
            out,
            resume=resume,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    show(str(model))
