"""Interpolation between two phrases: evenness of the path, and plausibility of the music along it.

The protocol of Roberts et al. 2018 (arXiv 1803.05428, section 5.2, figure 5), on many pairs of held-out
phrases A and B:

- Latent path: slerp from A's posterior mean to B's, each step decoded greedily.
- Data-space baseline: each token from B with probability alpha, else from A.
- Distance: share of tokens that differ from A, over the share in which B differs from A. The ideal is the
  straight line from 0 to 1.
- Cost: nats per token under a 5-gram model of the training melodies (`symvae.tokens.ngram`).

Straightness is summarized twice. ``curve_deviation`` averages the curves over pairs, as the paper's figure
does, then takes the mean absolute deviation from the line. ``pair_deviation`` takes it pair by pair, then
averages; a phrase has so few tokens that no path is straight by that measure, the baseline included, which is
why both are reported.

The distance is to the phrase A itself, not to its reconstruction.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import CorpusError
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.latent.interpolate import slerp
from symvae.system.symvae import SymVAE
from symvae.tokens.ngram import NGram


class PathFigures(NamedTuple):
    """Straightness and cost of a set of paths."""

    distance_to_a: list[float]
    """Mean over pairs at each step; 0 at A, 1 at B."""
    curve_deviation: float
    pair_deviation: float
    nats_per_token: list[float]
    """Mean over pairs at each step."""
    middle_over_ends: float
    """Cost in the middle over the mean cost of both ends, minus 1."""
    highest_over_ends: float
    """Highest cost on the path over the mean cost of both ends, minus 1."""


@dataclass(frozen=True)
class Interpolation:
    """Latent paths and the data-space baseline over the same pairs."""

    pairs: int
    steps: int
    seed: int
    held_out_nats_per_token: float
    """Cost of all held-out phrases, for comparison."""
    latent: PathFigures
    data_space: PathFigures


def interpolation(
    model: SymVAE,
    windows: HeldOut,
    language: NGram,
    *,
    pairs: int = 1000,
    steps: int = 11,
    seed: int = 0,
    progress: Progress = silent,
) -> Interpolation:
    """Measure paths between pairs of held-out phrases.

    Args:
        model: A model whose tokenizer is on a grid.
        windows: Held-out windows from which pairs are drawn.
        language: Model of the training melodies.
        pairs: Pairs of different phrases, at most.
        steps: Points of a path, both ends included.
        seed: Of the choice of pairs and of the baseline.
        progress: Called with the share that is done.

    Returns:
        Straightness and cost of both kinds of paths.
    """
    first, second = choose_pairs(windows.ids, pairs, seed)
    a, b = windows.ids[first], windows.ids[second]
    start, end = model.codec.encode_ids(a).mean, model.codec.encode_ids(b).mean
    z = torch.stack([slerp(x, y, steps) for x, y in zip(start, end, strict=True)], dim=1)
    latent = []
    for step, row in enumerate(z):
        latent.append(model.codec.decode_ids(row))
        progress("interpolation", (step + 1) / steps)
    return Interpolation(
        pairs=len(first),
        steps=steps,
        seed=seed,
        held_out_nats_per_token=float(language.nats_per_token(windows.ids.numpy()).mean()),
        latent=path_figures(torch.stack(latent), a, b, language),
        data_space=path_figures(token_mixture(a, b, steps, seed), a, b, language),
    )


def choose_pairs(
    ids: Int[Tensor, "phrase bar position"], pairs: int, seed: int
) -> tuple[Int[Tensor, " pair"], Int[Tensor, " pair"]]:
    """Draw pairs of different phrases.

    Args:
        ids: The phrases.
        pairs: Pairs to draw, at most.
        seed: Of the draw.

    Returns:
        Indices of the first and of the second phrase of each pair.

    Raises:
        CorpusError: If no two phrases differ.
    """
    if not len(ids) or (ids == ids[0]).all():
        raise CorpusError(f"No two of these {len(ids)} held-out phrases differ. Prepare more music.")
    rng = np.random.default_rng(seed)
    first = rng.integers(0, len(ids), 2 * pairs)
    second = rng.integers(0, len(ids), 2 * pairs)
    differ = (ids[first] != ids[second]).flatten(1).any(1).numpy()
    return torch.from_numpy(first[differ][:pairs]), torch.from_numpy(second[differ][:pairs])


def token_mixture(
    a: Int[Tensor, "pair bar position"], b: Int[Tensor, "pair bar position"], steps: int, seed: int
) -> Int[Tensor, "step pair bar position"]:
    """Data-space baseline: paths whose tokens come from ``b`` with growing probability.

    Args:
        a: First phrase of each pair.
        b: Second phrase of each pair.
        steps: Points of a path, both ends included.
        seed: Of the random choice of tokens.

    Returns:
        The paths; the first step is ``a``, the last is ``b``.
    """
    generator = torch.Generator().manual_seed(seed)
    from_b = [torch.rand(a.shape, generator=generator) < alpha for alpha in np.linspace(0, 1, steps)]
    return torch.stack([torch.where(mask, b, a) for mask in from_b])


def path_figures(
    path: Int[Tensor, "step pair bar position"],
    a: Int[Tensor, "pair bar position"],
    b: Int[Tensor, "pair bar position"],
    language: NGram,
) -> PathFigures:
    """Measure any paths from ``a`` to ``b``.

    Args:
        path: Token ids of each step.
        a: First phrase of each pair.
        b: Second phrase of each pair.
        language: Model of the training melodies.

    Returns:
        Straightness and cost.
    """
    distance = hamming_share(path, a, b)
    line = np.linspace(0, 1, len(path))
    cost = np.array([language.nats_per_token(step.numpy()).mean() for step in path])
    ends = (cost[0] + cost[-1]) / 2
    middle = float(np.interp(0.5, line, cost))
    return PathFigures(
        distance_to_a=distance.mean(axis=1).tolist(),
        curve_deviation=float(np.abs(distance.mean(axis=1) - line).mean()),
        pair_deviation=float(np.abs(distance - line[:, None]).mean()),
        nats_per_token=cost.tolist(),
        middle_over_ends=float(middle / ends - 1),
        highest_over_ends=float(cost.max() / ends - 1),
    )


def hamming_share(
    path: Int[Tensor, "step pair bar position"],
    a: Int[Tensor, "pair bar position"],
    b: Int[Tensor, "pair bar position"],
) -> Float[np.ndarray, "step pair"]:
    """Hamming distance from ``a``, over that from ``a`` to ``b``.

    Args:
        path: Token ids of each step.
        a: First phrase of each pair.
        b: Second phrase of each pair; it differs from ``a``.

    Returns:
        The ratio at each step of each pair: 0 at ``a``, 1 at ``b``.
    """
    differing = (path != a).flatten(2).sum(-1).double()
    return (differing / (b != a).flatten(1).sum(-1)).numpy()


def tables(part: dict[str, Any]) -> str:
    """Table of an `Interpolation` as stored in metrics.json."""
    rows = [
        [
            label,
            share(part[path]["curve_deviation"]),
            share(part[path]["pair_deviation"]),
            f"{part[path]['nats_per_token'][0]:.3f}",
            f"{100 * part[path]['middle_over_ends']:+.1f} %",
            f"{100 * part[path]['highest_over_ends']:+.1f} %",
        ]
        for label, path in (("latent (slerp)", "latent"), ("data space", "data_space"))
    ]
    return section(
        "Interpolation",
        f"{part['pairs']} pairs of held-out phrases A and B, {part['steps']} steps. Deviation of the Hamming"
        " distance to A from the straight line, as a share of the distance from A to B: of the mean curve,"
        " and pair by pair. Cost under a 5-gram model of the training melodies, in nats a token (held-out"
        f" phrases: {part['held_out_nats_per_token']:.3f}), relative to the mean of both ends.",
        table(["path", "curve", "pairs", "cost at A", "cost in the middle", "highest cost"], rows),
    )
