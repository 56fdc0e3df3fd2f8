"""The part of a training that differs between models, as `symvae.training.loop.run` needs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor, nn

from symvae.training.run import Base
from symvae.training.state import TrainingState


class Objective(NamedTuple):
    """A scalar to minimize."""

    value: Float[Tensor, ""]
    parameters: Sequence[nn.Parameter] | None = None
    """The parameters that receive its gradient; None: all that it depends on."""


class Loss(NamedTuple):
    """The loss of one step."""

    objectives: tuple[Objective, ...]
    terms: dict[str, Any]
    """Scalars by their column in the log: floats, or tensors that are read only when they are written."""

    def backward(self) -> None:
        """Accumulate the gradient of every objective."""
        for left, objective in enumerate(self.objectives, 1 - len(self.objectives)):
            parameters = None if objective.parameters is None else list(objective.parameters)
            objective.value.backward(inputs=parameters, retain_graph=left < 0)


@dataclass(frozen=True)
class Plan:
    """The length of a training and its fixed settings."""

    steps: int
    evaluate_every: int
    """Steps between validations and checkpoints."""
    clip_norms: dict[str, float] = field(default_factory=dict)
    """Largest gradient norm of a module of the state, by its name; each is clipped by itself."""
    patience: int = 0
    """Validations without progress after which training stops; 0: never."""
    phrases_per_step: int = 0
    """Phrases a step over all processes, for the speed in log and progress; 0: not measured."""


@runtime_checkable
class Task(Protocol):
    """A model to train: its state, its loss, its validation."""

    plan: Plan
    state: TrainingState
    choice: Any
    """The dataclass of all choices; a run resumes only under the same."""
    base: Base | None
    """The trained model that the task builds on and leaves as it is, if any."""

    def settings(self, step: int) -> dict[str, Any]:
        """Settings of the optimizer's parameter groups at a step: ``lr``, ``betas``."""

    def loss(self, step: int) -> Loss:
        """The loss of a step; its chance follows from seed and step, or from the state's generator."""

    def average_share(self, step: int) -> float:
        """The share of the new weights in the running average after ``step`` steps; 0 leaves it as it is."""

    def validate(self) -> dict[str, float]:
        """Figures of the averaged weights on held-out data."""

    def score(self, figures: dict[str, float], step: int) -> float | None:
        """The figure that the best model maximizes; None where the newest is kept."""

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        """Write the averaged weights, as users load them, into the run's folder."""
