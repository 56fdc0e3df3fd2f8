"""Fréchet distance between Gaussians fitted to two sets of embeddings (Heusel et al. 2017, arXiv 1706.08500).

    |m − n|² + tr(A + B − 2 (A B)^½)

It is biased upward for small sets: compare only sets of one size, beside a reference.
"""

import numpy as np
from jaxtyping import Float


def frechet_distance(
    first: Float[np.ndarray, "one feature"], second: Float[np.ndarray, "other feature"]
) -> float:
    """Fréchet distance between two sets; at least 0, nan for a set of fewer than two."""
    if min(len(first), len(second)) < 2:
        return float("nan")
    a, b = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    values, vectors = np.linalg.eigh(np.atleast_2d(a))
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    # The trace of the root of A B is that of the symmetric matrix A^½ B A^½.
    cross = np.sqrt(np.linalg.eigvalsh(root @ np.atleast_2d(b) @ root).clip(min=0)).sum()
    mean = np.square(first.mean(0) - second.mean(0)).sum()
    return float(max(mean + np.trace(np.atleast_2d(a)) + np.trace(np.atleast_2d(b)) - 2 * cross, 0.0))
