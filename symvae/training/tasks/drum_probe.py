"""A probe that learns the classes of drum sounds, for the evaluation of drum machines."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.models.oneshot.probe import DrumProbe
from symvae.training.loop import run
from symvae.training.run import Base
from symvae.training.state import TrainingState, fresh_average
from symvae.training.task import Loss, Objective, Plan

_BATCH, _RATE, _AVERAGE = 64, 2e-3, 0.02


class DrumProbeTask:
    """A probe in training; each class is drawn equally often."""

    base: Base | None = None
    choice: Any = None

    def __init__(
        self,
        mel: Float[Tensor, "sound frame mel"],
        drum: Int[np.ndarray, " sound"],
        classes: int,
        *,
        steps: int,
        seed: int,
    ) -> None:
        """Draw the initial weights.

        Args:
            mel: Log mel spectrograms of training sounds.
            drum: Number of the class of each.
            classes: Number of classes.
            steps: Length of the training.
            seed: Seed of weights and batches.
        """
        self.mel, self.drum, self.seed = mel, drum, seed
        counts = np.bincount(drum, minlength=classes)
        weights = 1 / counts[drum]
        self.weights = weights / weights.sum()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = DrumProbe(classes)
        self.model.standardize(mel)
        self.average = fresh_average(self.model)
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=_RATE, weight_decay=0.05)
        self.state = TrainingState({"model": self.model}, optimizer, self.average)
        self.plan = Plan(steps, steps, {"model": 1.0})

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": _RATE * (1 - step / self.plan.steps)}

    def loss(self, step: int) -> Loss:
        rows = np.random.default_rng([self.seed, step]).choice(len(self.drum), _BATCH, p=self.weights)
        # Dropout draws from the global generator.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed * 1_000_003 + step)
            logits = self.model(self.mel[torch.from_numpy(rows)])
        value = torch.nn.functional.cross_entropy(logits, torch.from_numpy(self.drum[rows]))
        return Loss((Objective(value),), {"loss": value.detach()})

    def average_share(self, step: int) -> float:
        return max(_AVERAGE, 1 / (step + 1))

    def validate(self) -> dict[str, float]:
        return {}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        """Keep nothing: the probe lives in memory."""


def train_drum_probe(
    mel: Float[Tensor, "sound frame mel"],
    drum: Int[np.ndarray, " sound"],
    classes: int,
    *,
    steps: int,
    seed: int,
) -> DrumProbe:
    """Train a probe in memory.

    Args:
        mel: Log mel spectrograms of training sounds.
        drum: Number of the class of each.
        classes: Number of classes.
        steps: Length of the training.
        seed: Seed of weights and batches.

    Returns:
        The probe with averaged weights.
    """
    task = DrumProbeTask(mel, drum, classes, steps=steps, seed=seed)
    run(task)
    return task.average
