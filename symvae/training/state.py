"""Everything a run needs to go on exactly where it stood.

One file, replaced in one step: weights, their running average, the optimizer, the step and the best
validation so far. All chance in training is drawn from (seed, step), so no generator has to be kept.
"""

import copy
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from symvae.errors import TrainingError

M = TypeVar("M", bound=nn.Module)
C = TypeVar("C", bound=nn.Module)


@dataclass
class TrainingState(Generic[M, C]):
    """The moving parts of a run."""

    model: M
    average: M
    """Exponential moving average of the weights: what is validated and kept."""
    optimizer: torch.optim.Optimizer
    step: int = 0
    best: float = float("-inf")
    """Best validation score so far."""
    stale: int = 0
    """Validations since then."""
    critic: C | None = None
    """Learns along, where the objective needs one."""

    @torch.no_grad()
    def update_average(self, decay: float) -> None:
        """Move the average toward the weights; early on faster, so that it does not remember its start."""
        decay = min(decay, (1 + self.step) / (10 + self.step))
        for mean, value in zip(self.average.parameters(), self.model.parameters(), strict=True):
            mean.lerp_(value, 1 - decay)
        # What is learned without a gradient, as codebooks are, is a mean already.
        for kept, learned in zip(self.average.buffers(), self.model.buffers(), strict=True):
            kept.copy_(learned)

    def save(self, path: Path, config: Any) -> None:
        """Write the state of a run with these choices."""
        names = ("model", "average", "optimizer", *(("critic",) if self.critic is not None else ()))
        parts = {name: getattr(self, name).state_dict() for name in names}
        write_state(path, config, {**parts, "step": self.step, "best": self.best, "stale": self.stale})

    def load(self, path: Path, config: Any) -> None:
        """Go on from ``path``; raises `TrainingError` when it belongs to another choice of anything."""
        kept = read_state(path, config)
        self.model.load_state_dict(kept["model"])
        self.average.load_state_dict(kept["average"])
        self.optimizer.load_state_dict(kept["optimizer"])
        if self.critic is not None:
            self.critic.load_state_dict(kept["critic"])
        self.step, self.best, self.stale = kept["step"], kept["best"], kept["stale"]


def write_state(path: Path, config: Any, parts: dict[str, Any]) -> None:
    """Write what a run needs to go on, in one step: a reader sees the old file or the new one."""
    fresh = path.with_suffix(".new")
    torch.save({"config": asdict(config), **parts}, fresh)
    os.replace(fresh, path)


def read_state(path: Path, config: Any) -> dict[str, Any]:
    """What `write_state` wrote; raises `TrainingError` when it belongs to another choice of anything.

    A choice that the older file does not know of is no difference.
    """
    kept: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    differing = _differing(kept["config"], asdict(config))
    if differing:
        raise TrainingError(
            f"{path} was trained with other choices ({', '.join(differing)}). "
            "Resume with the same preset and --set values, or start a run in another folder."
        )
    return kept


def fresh_average(model: M) -> M:
    """A frozen copy to average into."""
    average = copy.deepcopy(model).eval()
    for parameter in average.parameters():
        parameter.requires_grad_(False)
    return average


def cpu_state(module: nn.Module) -> dict[str, Tensor]:
    """Weights by name, on the CPU."""
    return {name: value.detach().cpu() for name, value in module.state_dict().items()}


def _differing(old: dict[str, Any], new: dict[str, Any], section: str = "") -> list[str]:
    """The names of the choices that differ, as a user types them."""
    names = []
    for key, value in old.items():
        if isinstance(value, dict) and isinstance(new.get(key), dict):
            names += _differing(value, new[key], f"{section}{key}.")
        elif value != new.get(key):
            names.append(f"{section}{key}")
    return names
