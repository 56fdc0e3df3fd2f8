"""The state of a training: everything that changes from step to step."""

import copy
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from symvae.system.weight_file import name_today

M = TypeVar("M", bound=nn.Module)


@dataclass
class TrainingState:
    """The moving parts of a run; a run that goes on from its stored state ends bit-equal."""

    modules: dict[str, nn.Module]
    """The modules that learn, by their names in the state's file."""
    optimizer: torch.optim.Optimizer
    average: nn.Module | None = None
    """Exponential moving average of the first module's weights: validated and kept."""
    generator: torch.Generator | None = None
    """The source of chance of a task that does not draw it from its seed and the step."""
    step: int = 0
    """Steps done."""
    best: float = float("-inf")
    """Best validation score so far."""
    stale: int = 0
    """Validations since then."""

    @torch.no_grad()
    def update_average(self, share: float) -> None:
        """Move the average toward the weights by a ``share`` of the way from 0 to 1."""
        if self.average is None or share == 0:
            return
        learned = next(iter(self.modules.values()))
        for mean, value in zip(self.average.parameters(), learned.parameters(), strict=True):
            mean.lerp_(value, share)
        # Buffers that are learned without a gradient, as codebooks are, are running means already.
        for kept, current in zip(self.average.buffers(), learned.buffers(), strict=True):
            kept.copy_(current)

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on from here."""
        return {
            **{name: module.state_dict() for name, module in self.modules.items()},
            **({} if self.average is None else {"average": self.average.state_dict()}),
            **({} if self.generator is None else {"generator": self.generator.get_state()}),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "best": self.best,
            "stale": self.stale,
        }

    def load_state_dict(self, stored: dict[str, Any]) -> None:
        """Go on from a stored state, or from one of an earlier release."""
        for name, module in self.modules.items():
            module.load_state_dict(_under_current_names(stored[name]))
        if self.average is not None:
            self.average.load_state_dict(_under_current_names(stored["average"]))
        if self.generator is not None:
            self.generator.set_state(stored["generator"])
        self.optimizer.load_state_dict(stored["optimizer"])
        self.step = stored["step"]
        self.best, self.stale = stored.get("best", float("-inf")), stored.get("stale", 0)


def fresh_average(module: M) -> M:
    """A frozen copy to average into."""
    return copy.deepcopy(module).eval().requires_grad_(False)


def early_share(decay: float, step: int) -> float:
    """The share of new weights in an average, larger in early steps, so that it forgets its start."""
    return 1 - min(decay, (1 + step) / (10 + step))


def cpu_state(module: nn.Module) -> dict[str, Tensor]:
    """Weights by name, on the CPU."""
    return {name: value.detach().cpu() for name, value in module.state_dict().items()}


def _under_current_names(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name_today(name): value for name, value in weights.items()}
