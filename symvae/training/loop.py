"""The training loop, readable from top to bottom.

It trains any `symvae.training.task.Task`: in one process, or in many started by torchrun, each with its rows
of every batch. A run that is stopped and resumed ends bit-equal to one that was not.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import torch

from symvae.errors import TrainingError
from symvae.training.log import TrainingLog
from symvae.training.processes import Processes
from symvae.training.run import RunFolder
from symvae.training.task import Task


class Progress(NamedTuple):
    """A training after one of its steps."""

    step: int
    steps: int
    phrases_per_sec: float
    """0 where the task does not measure it."""
    figures: dict[str, float]
    """The latest validation; empty before the first."""
    terms: dict[str, Any]
    """Terms of the step's loss: floats, or tensors on the training's device."""


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """Report nothing."""


def endless() -> bool:
    """Never stop early."""
    return False


def run(
    task: Task,
    folder: RunFolder | None = None,
    *,
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train a task to its end, or until it is stopped.

    Args:
        task: The model to train; its state is changed in place.
        folder: The run's folder, which knows whether to resume; None keeps nothing on disk.
        stop_after: End this call after this many steps in all; the state is stored.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call, and the state is stored. For one process only:
            several must agree on when to stop.

    Raises:
        TrainingError: A gradient is not finite, or the folder holds a run of other choices, or one that is
            at work.
    """
    plan, state, processes = task.plan, task.state, Processes.current()
    device = next(next(iter(state.modules.values())).parameters()).device
    writes = folder if processes.first else None

    with ExitStack() as open_folder:
        if writes is not None:
            open_folder.enter_context(writes.held())
        if folder is not None and folder.resume:
            state.load_state_dict(folder.read(task.choice, task.base))
        log = None if writes is None else open_folder.enter_context(TrainingLog(writes.path, state.step))
        stored, figures = state.step, dict[str, float]()
        since, phrases = time.monotonic(), 0

        while state.step < min(plan.steps, stop_after or plan.steps):
            for group in state.optimizer.param_groups:
                group.update(task.settings(state.step))

            loss = task.loss(state.step)
            state.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            for name, largest in plan.clip_norms.items():
                norm = torch.nn.utils.clip_grad_norm_(state.modules[name].parameters(), largest)
                if not torch.isfinite(norm):
                    raise TrainingError(
                        f"The gradient is not finite at step {state.step}. "
                        "Start again with a lower learning_rate."
                    )
            state.optimizer.step()
            state.step += 1
            state.update_average(task.average_share(state.step))
            phrases += plan.phrases_per_step

            if state.step % plan.evaluate_every == 0 or state.step == plan.steps:
                speed = phrases / (time.monotonic() - since)
                figures = task.validate()
                score = task.score(figures, state.step)
                better = score is None or score > state.best
                if score is not None:
                    state.best, state.stale = (score, 0) if better else (state.best, state.stale + 1)
                state.stale = processes.from_first(state.stale, device)
                if writes is not None and log is not None:
                    measured = {"phrases_per_sec": speed} if phrases else {}
                    log.write(state.step, **_floats(loss.terms), **figures, **measured)
                    if better:
                        task.keep(writes.path, figures)
                    writes.write(task.choice, task.base, state.state_dict())
                    stored = state.step
                since, phrases = time.monotonic(), 0

            speed = phrases / (time.monotonic() - since) if phrases else 0.0
            watch(Progress(state.step, plan.steps, speed, figures, loss.terms))
            if (plan.patience and state.stale >= plan.patience) or stopping():
                break
        if writes is not None and state.step != stored:
            writes.write(task.choice, task.base, state.state_dict())


def _floats(terms: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in terms.items()}
