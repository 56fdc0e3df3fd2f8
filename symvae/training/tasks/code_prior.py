"""The prior over the codes of a trained synthesizer whose encoder quantizes.

It is trained on a few thousand words of a few codes, in some seconds: `train_code_prior` keeps nothing of its
run on disk.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from symvae.corpus.clips import ClipDraws
from symvae.models.sound.code_prior import CodePrior
from symvae.models.sound.quantized import Quantized, QuantizedEncoder
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.synth_artifacts import save_code_prior
from symvae.training.loop import run
from symvae.training.run import Base
from symvae.training.state import TrainingState
from symvae.training.task import Loss, Objective, Plan

STATE = "code-prior-state.pt"
CLIPS = 32
STEPS = 400
BATCH_SIZE = 64
LEARNING_RATE = 3e-3
_WEIGHT_DECAY = 0.02


@torch.no_grad()
def encode_codes(
    model: SpectrogramVAE, draws: ClipDraws, *, clips: int = CLIPS, seed: int = 0
) -> Int[Tensor, "word codebook"]:
    """Encode clips of every playable timbre.

    Args:
        model: A synthesizer whose encoder quantizes.
        draws: The fonts and instruments that it was trained on.
        clips: Clips of each timbre.
        seed: Seed of their notes.

    Returns:
        The codes, one word a clip.
    """
    words = []
    for font, timbre in draws.timbres:
        played = draws.of([(font, timbre)] * (clips // 2), np.random.default_rng([seed, font, timbre]))
        posterior = model.encode(played.wave)
        assert isinstance(posterior, Quantized), "the synthesizer does not quantize its timbres"
        words.append(posterior.codes)
    return torch.cat(words)


def train_code_prior(
    encoder: QuantizedEncoder, words: Int[Tensor, "word codebook"], *, steps: int = STEPS, seed: int = 0
) -> CodePrior:
    """Train an autoregressive prior over the codes of a synthesizer.

    Args:
        encoder: The quantizing encoder that the codes come from.
        words: Codes of training clips.
        steps: Steps of training.
        seed: Seed of the initial weights and of the batches.

    Returns:
        The prior.
    """
    task = CodePriorTask(words, CodePriorChoice(encoder.codebook_size, steps, seed))
    run(task)
    return task.prior.eval()


@dataclass(frozen=True)
class CodePriorChoice:
    """Choices of a code prior."""

    entries: int
    """Entries of a codebook."""
    steps: int = STEPS
    seed: int = 0
    """Seed of the initial weights and of the batches."""


class CodePriorTask:
    """A code prior that maximizes the likelihood of words."""

    base: Base | None = None

    def __init__(self, words: Int[Tensor, "word codebook"], choice: CodePriorChoice) -> None:
        self.words, self.choice = words, choice
        steps, seed = choice.steps, choice.seed
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            self.prior = CodePrior(codebooks=words.shape[1], entries=choice.entries)
        optimizer = torch.optim.AdamW(self.prior.parameters(), lr=LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
        self.generator = torch.Generator().manual_seed(seed)
        self.state = TrainingState({"prior": self.prior}, optimizer, generator=self.generator)
        self.plan = Plan(steps, steps, {"prior": math.inf})

    def settings(self, step: int) -> dict[str, Any]:
        return {}

    def loss(self, step: int) -> Loss:
        rows = torch.randint(len(self.words), (BATCH_SIZE,), generator=self.generator)
        value = self.prior.nats(self.words[rows]).mean()
        return Loss((Objective(value),), {"train_nats": value.detach()})

    def average_share(self, step: int) -> float:
        return 0.0

    def validate(self) -> dict[str, float]:
        return {}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_code_prior(folder, self.prior)
