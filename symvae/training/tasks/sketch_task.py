"""The sketch model as a task: tokens of all bars, from their own codes or from predicted ones.

The loss of a phrase is the cross entropy of its tokens plus beta times the divergence of the codes of its
bars from the prior. Bars whose codes are known are reconstructed; the others are filled in, from new codes;
the cross entropy of the choice between new codes and copies is added.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from symvae.config.sketch import SketchConfig
from symvae.corpus.dataset import Batches
from symvae.models.sketch.factors import agreement, order_of, pattern_of
from symvae.models.sketch.inpainter import Codes, Known
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.nn.mixed import mixed
from symvae.objective.schedule import warmup_cosine
from symvae.system.artifacts import save_sketch
from symvae.training.run import Base
from symvae.training.state import TrainingState, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan
from symvae.training.tasks.sketch_masks import draw_gaps, draw_known

WARMUP_STEPS = 200
#: A bar is copied rather than new if it agrees with the true one in about this share of its places.
NEW_AGREEMENT = 0.6
#: Difference of agreement that makes one choice e times as good as another.
SHARPNESS = 0.08
#: Sketches that a gap is filled in with, at validation: which of pitches and rhythm are known.
SKETCHES = {"none": (False, False), "pitch": (True, False), "rhythm": (False, True), "both": (True, True)}


class SketchTask:
    """A sketch model that learns to fill in bars."""

    def __init__(
        self,
        network: SketchVAE,
        config: SketchConfig,
        batches: Batches,
        validation: Int[Tensor, "phrase bar position"],
        *,
        choice: Any = None,
        base: Base | None = None,
    ) -> None:
        """Set up the optimizer and the average.

        Args:
            network: The sketch model; trained in place.
            config: Choices of the sketch model.
            batches: Training phrases.
            validation: Held-out phrases.
            choice: All choices, for the state's file.
            base: The model that the sketch model is for.
        """
        self.network, self.average = network, fresh_average(network)
        self.config, self.batches, self.validation = config, batches, validation
        self.choice, self.base = choice, base
        self.device = next(network.parameters()).device
        optimizer = torch.optim.AdamW(
            network.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        self.state = TrainingState({"network": network}, optimizer, self.average)
        self.plan = Plan(config.steps, config.evaluate_every, {"network": 1.0})

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": self.config.learning_rate * warmup_cosine(step, self.config.steps, WARMUP_STEPS)}

    def loss(self, step: int) -> Loss:
        ids = self.batches.batch(step)
        seed = int(np.random.SeedSequence([self.config.seed, step, 2]).generate_state(1)[0])
        generator = torch.Generator().manual_seed(seed)
        gaps = draw_gaps(len(ids), ids.shape[1], generator)
        known = draw_known(gaps, self.config.known_share, generator)
        dropped = torch.rand(ids.shape, generator=generator) < self.config.word_dropout
        rows, sizes = ids.shape[0] * ids.shape[1], self.network.inpainter.sizes
        noise = [torch.randn(rows, size, generator=generator).to(self.device) for size in sizes]
        ids, gaps = ids.to(self.device), gaps.to(self.device)
        known = Known(*(mask.to(self.device) for mask in known))
        with mixed(self.device.type):
            posteriors = self.network.encode(ids)
            pairs = zip(posteriors, noise, strict=True)
            drawn = (each.mean + each.std * draw for each, draw in pairs)
            codes = Codes(*(each.unflatten(0, ids.shape[:2]) for each in drawn))
            filled = self.network(ids, codes, known, dropped.flatten(0, 1).to(self.device))
        nats = cross_entropy(filled.logits.float().flatten(0, 1), ids.flatten(), reduction="none")
        nats = nats.view(*ids.shape).sum(-1)
        kl = torch.stack([each.kl_nats().float().sum(-1) for each in posteriors]).sum(0).view(nats.shape)
        factors = (order_of(ids), pattern_of(ids))
        choices = map(choice_nats, filled.predicted.choices, factors, known)
        choice = torch.stack(list(choices)).sum() / nats.numel()
        value = (nats + self.config.beta * kl).mean() + choice
        terms = {
            "bar_nats": nats[~gaps].mean().detach(),
            "gap_nats": nats[gaps].mean().detach(),
            "kl_nats": kl.mean().detach(),
            "choice_nats": choice.detach(),
        }
        return Loss((Objective(value),), terms)

    def average_share(self, step: int) -> float:
        return early_share(self.config.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Accuracy of the tokens of bars reconstructed, and filled in with each kind of sketch.

        Returns:
            By the kind of sketch the share of right tokens of the gap, a quarter of the bars after the first
            three eighths; ``bar``: of all bars from their own codes.
        """
        ids, network = self.validation.to(self.device), self.average
        bars = ids.shape[1]
        place = torch.arange(bars, device=self.device)
        gap = (place >= 3 * bars // 8) & (place < 3 * bars // 8 + max(1, bars // 4))
        codes = network.encode(ids).means(bars)
        figures = {"bar": _accuracy(network, ids, codes, (True, True), torch.ones_like(gap))}
        return figures | {
            name: _accuracy(network, ids, codes, given, gap) for name, given in SKETCHES.items()
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_sketch(folder, self.average)


def choice_nats(
    scores: Float[Tensor, "batch bar choice"],
    factor: Int[Tensor, "batch bar position"],
    known: Bool[Tensor, "batch bar"],
) -> Float[Tensor, ""]:
    """Cross-entropy of the choices of unknown bars, summed, with the bars that agree with the true one.

    Args:
        scores: Scores of the choices, the code of each bar and a new one.
        factor: Rows of the true bars, `order_of` or `pattern_of`.
        known: Mask of the known codes.

    Returns:
        Nats.
    """
    agreed = agreement(factor).masked_fill(~known[:, None], float("-inf"))
    new = torch.full_like(agreed[..., :1], NEW_AGREEMENT)
    target = (torch.cat([agreed, new], dim=-1) / SHARPNESS).softmax(-1)
    nats = -(target * scores.log_softmax(-1).masked_fill(target == 0, 0.0)).sum(-1)
    return nats[~known].sum()


def _accuracy(
    network: SketchVAE,
    ids: Int[Tensor, "phrase bar position"],
    codes: Codes,
    given: tuple[bool, bool],
    gap: Bool[Tensor, " bar"],
) -> float:
    """Share of right tokens of the gap, decoded greedily with the codes that are given there."""
    known = Known(*((~gap | each).expand(ids.shape[:2]) for each in given))
    decoded = network.decoder.generate(network.bars(codes, known)[:, gap].flatten(0, 1))
    return (decoded == ids[:, gap].flatten(0, 1)).float().mean().item()
