"""What lies between two phrases: does the music change evenly, and is it music all the way?

The protocol of Roberts et al. 2018 (arXiv 1803.05428, section 5.2, figure 5), on many pairs of
held-out phrases A and B:

- Latent path: slerp from A's posterior mean to B's, each step decoded greedily.
- Data-space baseline: each token from B with probability alpha, else from A.
- Distance: the share of tokens that differ from A, over the share in which B differs from A. The
  ideal is the straight line from 0 to 1.
- Cost: nats per token under a 5-gram model of the training melodies (`symvae.evaluation.metrics.ngram`).

Two summaries of straightness are given. ``curve_deviation`` first averages the curves over pairs,
as the paper's figure does, then takes the mean absolute deviation from the line. ``pair_deviation``
takes it pair by pair, then averages; a phrase has so few tokens that no path is straight by that
measure, the baseline neither, which is why it stands beside.

The distance is to the phrase A itself, not to its reconstruction.
"""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import CorpusError
from symvae.evaluation.batching import Progress, encode, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.ngram import NGram
from symvae.latent.interpolate import slerp
from symvae.system.symvae import SymVAE


def interpolation(
    model: SymVAE,
    windows: HeldOut,
    language: NGram,
    *,
    pairs: int = 1000,
    steps: int = 11,
    seed: int = 0,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Straightness and cost of the latent path and of the data-space baseline, over the same pairs."""
    first, second = choose_pairs(windows.ids, pairs, seed)
    a, b = windows.ids[first], windows.ids[second]
    start, end = encode(model, a).mean, encode(model, b).mean
    z = torch.stack([slerp(x, y, steps) for x, y in zip(start, end, strict=True)], dim=1)
    latent = []
    for step, row in enumerate(z):
        latent.append(model.decode_ids(row))
        progress("interpolation", (step + 1) / steps)
    return {
        "pairs": len(first),
        "steps": steps,
        "seed": seed,
        "held_out_nats_per_token": float(language.nats_per_token(windows.ids.numpy()).mean()),
        "latent": path_figures(torch.stack(latent), a, b, language),
        "data_space": path_figures(mixed(a, b, steps, seed), a, b, language),
    }


def choose_pairs(
    ids: Int[Tensor, "phrase bar position"], pairs: int, seed: int
) -> tuple[Int[Tensor, " pair"], Int[Tensor, " pair"]]:
    """Up to ``pairs`` seeded pairs of phrases that differ; raises `CorpusError` where no two do."""
    if not len(ids) or (ids == ids[0]).all():
        raise CorpusError(f"No two of these {len(ids)} held-out phrases differ. Prepare more music.")
    chance = np.random.default_rng(seed)
    first = chance.integers(0, len(ids), 2 * pairs)
    second = chance.integers(0, len(ids), 2 * pairs)
    differ = (ids[first] != ids[second]).flatten(1).any(1).numpy()
    return torch.from_numpy(first[differ][:pairs]), torch.from_numpy(second[differ][:pairs])


def mixed(
    a: Int[Tensor, "pair bar position"], b: Int[Tensor, "pair bar position"], steps: int, seed: int
) -> Int[Tensor, "step pair bar position"]:
    """The data-space baseline: a path whose tokens come from ``b`` with growing probability."""
    generator = torch.Generator().manual_seed(seed)
    from_b = [torch.rand(a.shape, generator=generator) < alpha for alpha in np.linspace(0, 1, steps)]
    return torch.stack([torch.where(coin, b, a) for coin in from_b])


def path_figures(
    path: Int[Tensor, "step pair bar position"],
    a: Int[Tensor, "pair bar position"],
    b: Int[Tensor, "pair bar position"],
    language: NGram,
) -> dict[str, Any]:
    """Straightness and cost of any paths from ``a`` to ``b``."""
    share = hamming_share(path, a, b)
    line = np.linspace(0, 1, len(path))
    cost = np.array([language.nats_per_token(step.numpy()).mean() for step in path])
    ends = (cost[0] + cost[-1]) / 2
    middle = float(np.interp(0.5, line, cost))
    return {
        "distance_to_a": share.mean(axis=1).tolist(),
        "curve_deviation": float(np.abs(share.mean(axis=1) - line).mean()),
        "pair_deviation": float(np.abs(share - line[:, None]).mean()),
        "nats_per_token": cost.tolist(),
        "middle_over_ends": middle / ends - 1,
        "highest_over_ends": float(cost.max()) / ends - 1,
    }


def hamming_share(
    path: Int[Tensor, "step pair bar position"],
    a: Int[Tensor, "pair bar position"],
    b: Int[Tensor, "pair bar position"],
) -> Float[np.ndarray, "step pair"]:
    """Tokens of each step that differ from ``a``, over those of ``b`` that do."""
    away = (path != a).flatten(2).sum(-1).double()
    return (away / (b != a).flatten(1).sum(-1)).numpy()
