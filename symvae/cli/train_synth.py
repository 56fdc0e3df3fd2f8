"""``symvae train-synth``: a synthesizer from sound fonts, which are played during training."""

from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


def train_synth(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Shards whose notes are played; may be given repeatedly.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    font: Annotated[
        list[Path] | None,
        typer.Option("--font", help="A sound font to learn; may be repeated. Default: this machine's."),
    ] = None,
    resume: Resume = False,
    from_: Annotated[
        str | None, typer.Option("--from", help="Start from this synthesizer, which has the same sizes.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as objective.beta=0.001."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a synthesizer; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.sound import SynthConfig
    from symvae.pipelines.train_synth import prepare_training
    from symvae.training.processes import check_device

    config = with_overrides(load_preset(preset, SynthConfig), set_ or [])
    check_device(device)
    prepared = prepare_training(config, data, font or [], from_)
    for notice in prepared.notices:
        say(notice)
    with training() as shown:
        model = prepared.run(out, resume=resume, device=device, watch=shown.watch, stopping=shown.stopping)
        if not shown.stopping():
            prepared.complete(model, watch=shown.completing("equalizers"), stopping=shown.stopping)
    show(str(model))
