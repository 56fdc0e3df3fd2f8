"""``symvae train-ddsp``: a synthesizer of single lines from sound fonts, which play them beforehand."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


def train_ddsp(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[
        list[Path],
        typer.Option(
            "--data",
            help="Shards whose notes are played; may be given repeatedly. Or the lines of an earlier run, "
            "RUN/lines.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: lines, log, state and model.")],
    font: Annotated[
        list[Path] | None,
        typer.Option("--font", help="A sound font to learn; may be repeated. Default: this machine's."),
    ] = None,
    resume: Resume = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as lines.lines=60."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a DDSP on single lines; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.ddsp import DdspConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.pipelines.train_ddsp import lines_of, summary
    from symvae.training.processes import check_device
    from symvae.training.run import RunFolder
    from symvae.training.tasks.ddsp import STATE
    from symvae.training.tasks.ddsp import train_ddsp as train

    config = with_overrides(load_preset(preset, DdspConfig), set_ or [])
    check_device(device)
    RunFolder.open(out, STATE, resume=resume)  # refused before the lines are played
    with training() as shown:
        shards = lines_of(
            data,
            out,
            config,
            font or [],
            progress=lambda done, total: shown.bar.update(shown.task, completed=done, total=total),
        )
        for line in summary(shards):
            say(line)
        model = train(
            config, shards, out, resume=resume, device=device, watch=shown.watch, stopping=shown.stopping
        )
    show(str(model))
