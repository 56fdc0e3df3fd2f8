"""Overlap of two sets of music in one measured feature.

- `overlapped_area`: area under both probability densities of the feature, from 0 (disjoint) to 1 (equal).
- `inter_set_overlap`: Yang and Lerch 2020 ("On the evaluation of generative models in music"): overlapped
  area of two densities of distances, those within the real set and those between the real and the
  generated set. 1 when generated phrases are as far from real ones as these are from each other.
- `shared_mass`: histogram intersection, for a feature with few values, such as the position in the bar,
  which needs no smoothing.

Departures from the authors' code: densities are histograms on a common grid, smoothed by a Gaussian of
Scott's bandwidth (they use scipy's kernel density estimate, which is the same without the grid), and
distances are between all pairs instead of leave-one-out. Plain arrays; no music, no network.
"""

import numpy as np
from jaxtyping import Float, Integer

GRID = 512


def overlapped_area(a: Float[np.ndarray, " a"], b: Float[np.ndarray, " b"]) -> float:
    """∫ min(density of a, density of b); 1 where all values of both are equal."""
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    if low == high:
        return 1.0
    # Margins on both sides, so that smoothing loses no mass at an end.
    margin = 0.25 * (high - low)
    edges = np.linspace(low - margin, high + margin, GRID + 1)
    # One bandwidth for both, or two samples of one feature would differ by their sizes alone.
    pooled = np.sqrt((a.var() + b.var()) / 2)
    bandwidth = pooled * min(len(a), len(b)) ** -0.2 / (edges[1] - edges[0])
    return float(np.minimum(_density(a, edges, bandwidth), _density(b, edges, bandwidth)).sum())


def inter_set_overlap(
    real: Float[np.ndarray, " real"], generated: Float[np.ndarray, " generated"], most: int = 1000
) -> float:
    """Overlapped area of distances within ``real`` and from ``real`` to ``generated``.

    Args:
        real: The feature of each real phrase.
        generated: The feature of each generated phrase.
        most: Values used of each set, the first ones; the number of distances grows with its square.

    Returns:
        The area, from 0 to 1.
    """
    real, generated = real[:most], generated[:most]
    within = np.abs(real[:, None] - real)[np.triu_indices(len(real), k=1)]
    between = np.abs(real[:, None] - generated).ravel()
    return overlapped_area(within, between)


def shared_mass(a: Integer[np.ndarray, " cell"], b: Integer[np.ndarray, " cell"]) -> float:
    """Intersection of two histograms, each normalized to mass 1; 0 for an empty one."""
    return float(np.minimum(a / max(1, a.sum()), b / max(1, b.sum())).sum())


def _density(values: Float[np.ndarray, " value"], edges: np.ndarray, bandwidth: float) -> np.ndarray:
    """Mass in each cell of the grid, smoothed by a Gaussian ``bandwidth`` cells wide; sums to 1."""
    mass, _ = np.histogram(values, edges)
    reach = int(np.ceil(4 * bandwidth)) + 1
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / max(bandwidth, 1e-3)))
    smooth = np.convolve(mass / len(values), kernel / kernel.sum(), mode="full")[reach : reach + len(mass)]
    return smooth / smooth.sum()
