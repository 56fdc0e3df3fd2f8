"""Rate and distortion of a trained model: reconstruction when z carries less information.

Rate is the divergence of the posterior from the prior in nats a phrase: the cost of sending z to a receiver
who knows the prior and the decoder (Hinton and van Camp 1993; Alemi et al. 2018, "Fixing a Broken ELBO",
arXiv 1711.00464). Two ways to reduce it without changing a weight:

widened     Every coordinate is sent with less precision: its deviation s grows to min(factor · s, 1) by
            mixing the posterior sample with fresh noise from the prior, a·z + √(1 − a²)·ε, so that samples
            over all phrases keep their distribution. Phrases are decoded from a sample.
truncated   Only the most informative coordinates are kept, by their mean divergence over training phrases, as
            many as the budget allows; the posterior of the others becomes the prior, which costs nothing, and
            the receiver predicts them from the kept ones (linear regression on training posteriors). Phrases
            are decoded from the mean and from a sample.

Only a sample is a code of the stated rate in the strict sense. The mean of a widened posterior still holds
everything while its divergence falls, so it is not reported.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import ClusteredAccuracy, clustered_accuracy
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.symvae import SymVAE

#: For phrases of two bars.
BUDGETS_NATS = (50.0, 45.0, 40.0, 35.0, 30.0, 25.0, 20.0)


class Widened(NamedTuple):
    """Accuracy from samples of the widened posterior."""

    kl_nats: float
    factor: float
    sample: ClusteredAccuracy


class Truncated(NamedTuple):
    """Accuracy from the most informative coordinates alone."""

    kl_nats: float
    kept_dimensions: int
    mean: ClusteredAccuracy
    sample: ClusteredAccuracy


class RatePoint(NamedTuple):
    """Accuracies within one budget; ``kl_nats`` of each way is the rate that was spent."""

    budget_nats: float
    windows: int
    widened: Widened
    truncated: Truncated


def rate_curve(
    model: SymVAE,
    windows: HeldOut,
    training: DiagonalGaussian,
    *,
    budgets_nats: Sequence[float] | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> list[RatePoint]:
    """Measure reconstruction at the full rate and within each budget below it.

    Args:
        model: A model whose tokenizer is on a grid.
        windows: Held-out windows; all of them are used.
        training: Posteriors of training phrases: they order the coordinates and fit the receiver.
        budgets_nats: Rates in nats a phrase; by default `default_budgets` for the model's bars.
        seed: Of the posterior samples.
        progress: Called with the share that is done.

    Returns:
        A point for the whole posterior, then one for each smaller budget, in falling order.
    """
    codec = model.codec
    budgets_nats = default_budgets(windows.ids.shape[1]) if budgets_nats is None else budgets_nats
    posterior = codec.encode_ids(windows.ids)
    spent = posterior.kl_nats().mean(0)
    order = training.kl_nats().mean(0).argsort(descending=True)
    full = float(spent.sum())
    budgets = [full, *(budget for budget in sorted(budgets_nats, reverse=True) if budget < full)]

    def scores(z: Float[Tensor, "phrase latent"]) -> ClusteredAccuracy:
        return clustered_accuracy(codec.decode_ids(z), windows.ids, windows.tune, model.tokenizer)

    points = []
    for number, budget in enumerate(budgets):
        factor = factor_within(posterior, budget)
        wide = widened(posterior, factor)
        kept = order[: coordinates_within(spent[order], budget)]
        receive = Receiver(training.mean, kept)
        generator = torch.Generator().manual_seed(seed)
        points.append(
            RatePoint(
                budget_nats=budget,
                windows=len(windows.ids),
                widened=Widened(
                    kl_nats=float(wide.kl_nats().sum(-1).mean()),
                    factor=factor,
                    sample=scores(wide.sample(generator)),
                ),
                truncated=Truncated(
                    kl_nats=float(spent[kept].sum()),
                    kept_dimensions=len(kept),
                    mean=scores(receive(posterior.mean[:, kept])),
                    sample=scores(receive(posterior.sample(generator)[:, kept])),
                ),
            )
        )
        progress("rate", (number + 1) / len(budgets))
    return points


def default_budgets(bars: int) -> tuple[float, ...]:
    """Scale `BUDGETS_NATS`, which are for two bars, to ``bars``; a single bar gets those of two."""
    return tuple(budget * max(bars, 2) / 2 for budget in BUDGETS_NATS)


def widened(posterior: DiagonalGaussian, factor: float) -> DiagonalGaussian:
    """Widen deviations ``factor`` times, at most to the prior's, and shrink means to match."""
    std = posterior.std
    wide = torch.maximum(std, (factor * std).clamp(max=1.0))
    # a² s² + (1 − a²) = wide², solved for a; where s is 1 or more there is nothing to widen.
    square = (1 - wide.square()) / (1 - std.square()).clamp(min=1e-6)
    a = torch.where(std < 1, square.clamp(0, 1).sqrt(), 1.0)
    return DiagonalGaussian(a * posterior.mean, wide.log())


def factor_within(posterior: DiagonalGaussian, budget_nats: float) -> float:
    """Smallest widening factor whose mean divergence over the phrases is within the budget."""
    if float(posterior.kl_nats().sum(-1).mean()) <= budget_nats * (1 + 1e-6):
        return 1.0
    low, high = 1.0, 1e4
    for _ in range(30):
        middle = (low * high) ** 0.5
        within = float(widened(posterior, middle).kl_nats().sum(-1).mean()) <= budget_nats
        low, high = (low, middle) if within else (middle, high)
    return high


def coordinates_within(kl_nats: Float[Tensor, " latent"], budget_nats: float) -> int:
    """Number of leading coordinates whose total cost is within the budget."""
    return int((kl_nats.double().cumsum(0) <= budget_nats * (1 + 1e-6)).sum())


class Receiver:
    """Linear prediction of all coordinates of z from the ones that were sent."""

    def __init__(
        self, z: Float[Tensor, "phrase latent"], kept: Int[Tensor, " kept"], ridge: float = 1e-2
    ) -> None:
        """Fit a ridge regression.

        Args:
            z: Latents of training phrases.
            kept: Indices of the coordinates that are sent.
            ridge: Regularization, added to their variances.
        """
        self.kept = kept
        self.mean = z.mean(0)
        centered = (z - self.mean).double()
        sent = centered[:, kept]
        gram = sent.t() @ sent / len(z) + ridge * torch.eye(len(kept), dtype=torch.float64)
        self.weight = torch.linalg.solve(gram, sent.t() @ centered / len(z)).to(z.dtype)

    def __call__(self, sent: Float[Tensor, "phrase kept"]) -> Float[Tensor, "phrase latent"]:
        """Complete z; the coordinates that were sent keep their values."""
        z = self.mean + (sent - self.mean[self.kept]) @ self.weight
        z[:, self.kept] = sent
        return z


def tables(part: list[dict[str, Any]]) -> str:
    """Table of a rate curve as stored in metrics.json."""
    rows = [
        [
            f"{row['budget_nats']:.1f}",
            *(share(row["widened"]["sample"][figure]) for figure in ("token", "onset", "exact")),
            str(row["truncated"]["kept_dimensions"]),
            share(row["truncated"]["mean"]["token"]),
            share(row["truncated"]["sample"]["token"]),
        ]
        for row in part
    ]
    head = ["KL nats at most", "widened: token", "onset", "exact"]
    head += ["dimensions kept", "token, mean", "token, sample"]
    return section(
        "Accuracy at a lower rate",
        f"The same model and windows ({part[0]['windows']}) with less information in z: every dimension with"
        " less precision (posterior widened toward the prior, decoded from a sample), or only the most"
        " informative dimensions.",
        table(head, rows),
    )
