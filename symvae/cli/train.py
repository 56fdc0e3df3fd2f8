"""``symvae train``: a model from shards, from nothing or from another model."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import progress_bar, say, show
from symvae.cli.options import one_of

if TYPE_CHECKING:
    from symvae.training.loop import Progress

DEVICES = ("cpu", "cuda")


def train(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="Start from this model: fine-tune it, or grow it from one bar."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as training.steps=500."),
    ] = None,
    device: Annotated[str, typer.Option("--device", help='"cpu" or "cuda".')] = "cpu",
) -> None:
    """Train a model; stop with Ctrl-C and go on with --resume. Many processes: start it with torchrun."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.run import RunConfig

    one_of(device, DEVICES, "--device")
    config = with_overrides(load_preset(preset, RunConfig), set_ or [])
    first, alone = int(os.environ.get("RANK", 0)) == 0, int(os.environ.get("WORLD_SIZE", 1)) == 1
    from symvae.system.catalog import find
    from symvae.training.loop import train as train_loop

    check_device(device)
    start_from = None if from_ is None else find(from_)
    with progress_bar(quiet=not first) as progress, interruption(enabled=alone) as interrupted:
        watch = _Watch(progress, config.training.evaluate_every, talk=first)
        model = train_loop(
            config,
            data,
            out,
            resume=resume,
            start_from=start_from,
            device=device,
            watch=watch,
            stopping=lambda: bool(interrupted),
        )
    if not first:
        return
    if interrupted:
        say_how_to_resume(watch.step)
    show(str(model))


def check_device(device: str) -> None:
    """Refuse a device that this torch does not have."""
    import torch

    from symvae.errors import TrainingError

    if device == "cuda" and not torch.cuda.is_available():
        raise TrainingError("This torch finds no CUDA device. Leave out --device, or install torch for CUDA.")


class _Watch:
    """Tells of a training as it goes: a live bar, and a line for every validation."""

    def __init__(self, progress: Any, evaluate_every: int, *, talk: bool) -> None:
        self.progress = progress
        self.evaluate_every = evaluate_every
        self.talk = talk
        self.task = progress.add_task("training", total=None, note="")
        self.step = 0
        self.phrases_per_sec = 0.0

    def __call__(self, now: "Progress") -> None:
        self.step = now.step
        self.phrases_per_sec = now.phrases_per_sec or self.phrases_per_sec
        figures = " ".join(f"{name} {value:.4g}" for name, value in now.figures.items())
        self.progress.update(
            self.task,
            completed=now.step,
            total=now.steps,
            note=f"{self.phrases_per_sec:,.0f} phrases/s",
        )
        if self.talk and now.figures and (now.step % self.evaluate_every == 0 or now.step == now.steps):
            self.progress.console.print(f"step {now.step}: {figures}", highlight=False, soft_wrap=True)


def say_how_to_resume(step: int) -> None:
    """End a run that was stopped, with the command that goes on with it."""
    arguments = [arg for arg in sys.argv[1:] if arg != "--resume"]
    say(f"Stopped after step {step}. Go on with: symvae {shlex.join([*arguments, '--resume'])}")
    raise typer.Exit(1)


@contextmanager
def interruption(*, enabled: bool = True) -> Iterator[list[int]]:
    """Collects Ctrl-C and termination, so that the step under way is finished and kept.

    A second signal ends at once. Processes of torchrun are ended by torchrun: they go on from their
    last checkpoint.
    """
    caught: list[int] = []
    if not enabled:
        yield caught
        return

    def note(number: int, frame: Any) -> None:
        caught.append(number)
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        say("Stopping after this step. (Once more to stop at once.)")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
