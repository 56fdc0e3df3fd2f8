"""A dial of rate and distortion on a trained model: what survives when z may say less?

Rate is the divergence of the posterior from the prior, in nats a phrase: what it costs to send z
to someone who knows the prior and the decoder (Hinton and van Camp 1993; Alemi et al. 2018, "Fixing
a Broken ELBO", arXiv 1711.00464). Two ways to spend less, without touching a weight:

widened     Every coordinate is sent less exactly: its deviation s grows to min(factor · s, 1) by mixing
            the posterior's draw with fresh noise from the prior, a·z + √(1 − a²)·ε, so that draws
            over all phrases stay as they were distributed. Phrases are decoded from a draw.
truncated   The coordinates that say most are kept, by their mean divergence over training phrases, as
            many as the budget pays for; the others get the prior as their posterior, which costs
            nothing, and the receiver fills in what the kept ones lead it to expect (a linear regression
            on training posteriors). Phrases are decoded from the mean and from a draw.

Only a draw is a code of the stated rate in the strict sense. The mean of a widened posterior would
still hold everything while its divergence falls: a reading that looks free, so it is not given.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.evaluation.batching import Progress, encode, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import score
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.symvae import SymVAE

#: For phrases of two bars.
BUDGETS_NATS = (50.0, 45.0, 40.0, 35.0, 30.0, 25.0, 20.0)


def rate_curve(
    model: SymVAE,
    windows: HeldOut,
    training: DiagonalGaussian,
    *,
    budgets_nats: Sequence[float] | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """One row for the full posterior and one for each budget below it.

    ``training`` holds posteriors of training phrases: they order the coordinates and teach the
    receiver. Each way gives the KL that was really spent on the held-out phrases, and its scores.
    Without ``budgets_nats`` they are `budgets_of` as many bars.
    """
    budgets_nats = budgets_of(windows.ids.shape[1]) if budgets_nats is None else budgets_nats
    posterior = encode(model, windows.ids)
    spent = posterior.kl_nats().mean(0)
    order = training.kl_nats().mean(0).argsort(descending=True)
    full = float(spent.sum())
    budgets = [full, *(budget for budget in sorted(budgets_nats, reverse=True) if budget < full)]

    def scores(z: Float[Tensor, "phrase latent"]) -> dict[str, float]:
        return score(model.decode_ids(z), windows.ids, windows.tune, model.tokenizer)._asdict()

    rows = []
    for number, budget in enumerate(budgets):
        factor = factor_within(posterior, budget)
        wide = widened(posterior, factor)
        kept = order[: coordinates_within(spent[order], budget)]
        receive = Receiver(training.mean, kept)
        chance = torch.Generator().manual_seed(seed)
        rows.append(
            {
                "budget_nats": budget,
                "windows": len(windows.ids),
                "widened": {
                    "kl_nats": float(wide.kl_nats().sum(-1).mean()),
                    "factor": factor,
                    "sample": scores(wide.sample(chance)),
                },
                "truncated": {
                    "kl_nats": float(spent[kept].sum()),
                    "kept_dimensions": len(kept),
                    "mean": scores(receive(posterior.mean[:, kept])),
                    "sample": scores(receive(posterior.sample(chance)[:, kept])),
                },
            }
        )
        progress("rate", (number + 1) / len(budgets))
    return rows


def budgets_of(bars: int) -> tuple[float, ...]:
    """`BUDGETS_NATS`, as often as two bars go into ``bars``; a single bar is tried at those of two."""
    return tuple(budget * max(bars, 2) / 2 for budget in BUDGETS_NATS)


def widened(posterior: DiagonalGaussian, factor: float) -> DiagonalGaussian:
    """Deviations ``factor`` times as wide, but no wider than the prior's, and means drawn in to match."""
    std = posterior.std
    wide = torch.maximum(std, (factor * std).clamp(max=1.0))
    # a² s² + (1 − a²) = wide², solved for a; where s is 1 or more there is nothing to widen.
    square = (1 - wide.square()) / (1 - std.square()).clamp(min=1e-6)
    a = torch.where(std < 1, square.clamp(0, 1).sqrt(), 1.0)
    return DiagonalGaussian(a * posterior.mean, wide.log())


def factor_within(posterior: DiagonalGaussian, budget_nats: float) -> float:
    """The smallest widening whose mean divergence over the phrases stays within the budget."""
    if float(posterior.kl_nats().sum(-1).mean()) <= budget_nats * (1 + 1e-6):
        return 1.0
    low, high = 1.0, 1e4
    for _ in range(30):
        middle = (low * high) ** 0.5
        within = float(widened(posterior, middle).kl_nats().sum(-1).mean()) <= budget_nats
        low, high = (low, middle) if within else (middle, high)
    return high


def coordinates_within(kl_nats: Float[Tensor, " latent"], budget_nats: float) -> int:
    """How many coordinates, in the order given, cost no more than the budget together."""
    return int((kl_nats.double().cumsum(0) <= budget_nats * (1 + 1e-6)).sum())


class Receiver:
    """Fills in the coordinates that were not sent: what the sent ones lead one to expect."""

    def __init__(
        self, z: Float[Tensor, "phrase latent"], kept: Int[Tensor, " kept"], ridge: float = 1e-2
    ) -> None:
        self.kept = kept
        self.mean = z.mean(0)
        centered = (z - self.mean).double()
        known = centered[:, kept]
        gram = known.t() @ known / len(z) + ridge * torch.eye(len(kept), dtype=torch.float64)
        self.weight = torch.linalg.solve(gram, known.t() @ centered / len(z)).to(z.dtype)

    def __call__(self, sent: Float[Tensor, "phrase kept"]) -> Float[Tensor, "phrase latent"]:
        """The whole z, with what was sent as it was sent."""
        z = self.mean + (sent - self.mean[self.kept]) @ self.weight
        z[:, self.kept] = sent
        return z
