"""A classifier that learns to tell drawn touch from played touch, for the evaluation of groove models."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor

from symvae.models.groove.cells import Touch
from symvae.models.groove.classifier import GrooveClassifier
from symvae.training.loop import run
from symvae.training.run import Base
from symvae.training.state import TrainingState, fresh_average
from symvae.training.task import Loss, Objective, Plan

_BATCH, _RATE, _AVERAGE = 64, 2e-3, 0.02


class ClassifierTask:
    """A classifier of two sets of phrases of the same hits."""

    base: Base | None = None
    choice: Any = None

    def __init__(self, played: Touch, drawn: Touch, *, steps: int, seed: int) -> None:
        """Draw the initial weights.

        Args:
            played: Phrases of drummers.
            drawn: The same hits with drawn touch.
            steps: Length of the training.
            seed: Seed of weights and batches.
        """
        self.played, self.drawn, self.seed = played, drawn, seed
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = GrooveClassifier(played.hit.shape[-1])
        self.average = fresh_average(self.model)
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=_RATE, weight_decay=0.05)
        self.state = TrainingState({"model": self.model}, optimizer, self.average)
        self.plan = Plan(steps, steps, {"model": 1.0})

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": _RATE * (1 - step / self.plan.steps)}

    def loss(self, step: int) -> Loss:
        rows = np.random.default_rng([self.seed, step]).permutation(len(self.played.hit))[: _BATCH // 2]
        logits = [self.model(Touch(*(c[rows] for c in each))) for each in (self.played, self.drawn)]
        target = torch.cat([torch.ones(len(logits[0])), torch.zeros(len(logits[1]))])
        value = torch.nn.functional.binary_cross_entropy_with_logits(torch.cat(logits), target)
        return Loss((Objective(value),), {"loss": value.detach()})

    def average_share(self, step: int) -> float:
        return max(_AVERAGE, 1 / (step + 1))

    def validate(self) -> dict[str, float]:
        return {}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        """Keep nothing: the classifier lives in memory."""


def train_classifier(played: Touch, drawn: Touch, *, steps: int, seed: int) -> GrooveClassifier:
    """Train a classifier in memory.

    Args:
        played: Phrases of drummers.
        drawn: The same hits with drawn touch.
        steps: Length of the training.
        seed: Seed of weights and batches.

    Returns:
        The classifier with averaged weights.
    """
    task = ClassifierTask(played, drawn, steps=steps, seed=seed)
    run(task)
    return task.average


@torch.no_grad()
def correct(classifier: GrooveClassifier, played: Touch, drawn: Touch) -> Bool[Tensor, " phrase"]:
    """Tell which phrases a classifier labels rightly.

    Args:
        classifier: The classifier.
        played: Phrases of drummers.
        drawn: Phrases with drawn touch.

    Returns:
        Mask of the played phrases, then of the drawn ones.
    """
    return torch.cat([classifier(played) > 0, classifier(drawn) <= 0])
