"""Options, progress and interruption that the training verbs share."""

import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvae.cli.console import progress_bar, say
from symvae.cli.stopping import stop

if TYPE_CHECKING:
    from symvae.config.run import RunConfig
    from symvae.training.loop import Progress

DEVICES = ("cpu", "cuda")

Shards = Annotated[Path, typer.Option("--data", help="Shards that `symvae prepare` wrote.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")]
Device = Annotated[str, typer.Option("--device", help='"cpu" or "cuda".')]


class Training:
    """A training on the terminal: a live bar, a line for each validation, and Ctrl-C."""

    def __init__(self, bar: Any, interrupted: list[int], *, quiet: bool) -> None:
        self.bar = bar
        self.interrupted = interrupted
        self.quiet = quiet
        self.task = bar.add_task("reading", total=None, note="")
        self.step = 0
        self.figures: dict[str, float] = {}
        self.speed = ""

    def watch(self, now: "Progress") -> None:
        """Show a step."""
        self.step = now.step
        if now.phrases_per_sec:
            self.speed = f"{now.phrases_per_sec:,.0f} phrases/s"
        if now.step:
            self.bar.update(
                self.task, description="training", completed=now.step, total=now.steps, note=self.speed
            )
        if now.figures is not self.figures:
            self.figures = now.figures
            if now.figures and not self.quiet:
                line = " ".join(f"{name} {value:.4g}" for name, value in now.figures.items())
                self.bar.console.print(f"step {now.step}: {line}", highlight=False, soft_wrap=True)

    def completing(self, what: str) -> Callable[[float], None]:
        """Show the share of the work that follows the last step."""
        return lambda share: self.bar.update(
            self.task, description=what, completed=round(100 * share), total=100, note="%"
        )

    def stopping(self) -> bool:
        """True once the user has interrupted."""
        return bool(self.interrupted)

    def remedy(self, *, stored: bool) -> str:
        """The way to go on: resume a run that has stored its state, begin again otherwise."""
        if not stored:
            return "The run had stored nothing yet; the same command starts it again."
        arguments = [word for word in sys.argv[1:] if word != "--resume"]
        return f"Go on with: symvae {shlex.join([*arguments, '--resume'])}"


@contextmanager
def training(*, quiet: bool = False, interruptible: bool = True) -> Iterator[Training]:
    """Show a training; where the user interrupts it, end with the command that resumes it.

    Args:
        quiet: Show nothing: another process does.
        interruptible: Finish the step under way at Ctrl-C or termination. Processes of torchrun are ended by
            torchrun, and go on from their last checkpoint.
    """
    interrupted: list[int] = []
    with progress_bar(quiet=quiet) as bar:
        shown = Training(bar, interrupted, quiet=quiet)
        with _interruption(shown) if interruptible else nullcontext():
            try:
                yield shown
            except KeyboardInterrupt as stopped:
                stopped.add_note(shown.remedy(stored=bool(shown.figures) or "--resume" in sys.argv))
                raise
    if interrupted:
        say(f"Stopped after step {shown.step}. {shown.remedy(stored=True)}")
        raise typer.Exit(128 + interrupted[0])


def with_section(config: "RunConfig", words: list[str], section: str) -> Any:
    """One section of a config with ``--set`` words applied; words of other sections are wrong use.

    Args:
        config: The model's choices.
        words: ``section.key=value`` as the user typed them.
        section: "prior" or "faders".

    Returns:
        The section.
    """
    from symvae.config.load import with_overrides

    for word in words:
        if not word.startswith(f"{section}."):
            raise typer.BadParameter(
                f"{word!r} is not of the {section}: give {section}.key=value", param_hint="--set"
            )
    return getattr(with_overrides(config, words), section)


@contextmanager
def _interruption(shown: Training) -> Iterator[None]:
    """Finish the step under way at a signal; end at once at the second, or at one before the first step."""

    def note(number: int, frame: Any) -> None:
        if shown.interrupted or not shown.step:
            stop(number)
        shown.interrupted.append(number)
        say("Stopping after this step. (Once more to stop at once.)")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
