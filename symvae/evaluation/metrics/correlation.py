"""Pearson's and Spearman's correlation, row by row or over all rows.

Convention: the correlation with a constant is 0 rather than undefined, so that a fader that moves nothing
scores nothing. Plain arrays; no music, no network.
"""

import numpy as np
from jaxtyping import Float


def pearson(x: Float[np.ndarray, "item position"], y: Float[np.ndarray, "item position"]) -> float:
    """Pearson's correlation over all items and positions together; 0 where one side is constant."""
    return float(row_correlation(x.reshape(1, -1), y.reshape(1, -1))[0])


def spearman(x: Float[np.ndarray, "item position"], y: Float[np.ndarray, "item position"]) -> float:
    """Spearman's rank correlation over all items and positions together; 0 where one side is constant."""
    return pearson(ranks(x.reshape(1, -1)), ranks(y.reshape(1, -1)))


def item_spearman(x: Float[np.ndarray, "item position"], y: Float[np.ndarray, "item position"]) -> float:
    """Spearman's rank correlation over the positions of each item, averaged over items."""
    return float(row_correlation(ranks(x), ranks(y)).mean())


def row_correlation(
    x: Float[np.ndarray, "row value"], y: Float[np.ndarray, "row value"]
) -> Float[np.ndarray, " row"]:
    """Pearson's correlation of each row of ``x`` with the same row of ``y``; 0 where one is constant."""
    # The mean of equal numbers can be off by a rounding error, so constants are tested as such.
    vary = (x.min(axis=1) < x.max(axis=1)) & (y.min(axis=1) < y.max(axis=1))
    r = np.zeros(len(x))
    r[vary] = (_to_unit_rows(x[vary]) * _to_unit_rows(y[vary])).sum(axis=1)
    return r.clip(-1, 1)


def ranks(values: Float[np.ndarray, "row value"]) -> Float[np.ndarray, "row value"]:
    """Rank of each value in its row, from 1; ties share their mean rank."""
    out = np.empty(values.shape)
    for row, numbers in zip(out, values, strict=True):
        _, cell, count = np.unique(numbers, return_inverse=True, return_counts=True)
        row[:] = (count.cumsum() - (count - 1) / 2)[cell]
    return out


def _to_unit_rows(values: Float[np.ndarray, "row value"]) -> Float[np.ndarray, "row value"]:
    """Rows centered to mean 0 and scaled to length 1."""
    centered = values.astype(np.float64) - values.mean(axis=1, keepdims=True, dtype=np.float64)
    return centered / np.linalg.norm(centered, axis=1, keepdims=True)
