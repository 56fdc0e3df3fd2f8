"""Correlations by hand, and the convention for constants."""

import numpy as np
import pytest

from symvae.evaluation.metrics.correlation import item_spearman, pearson, ranks, row_correlation, spearman


def test_ties_share_their_mean_rank() -> None:
    assert ranks(np.array([[30.0, 10.0, 20.0, 20.0], [1.0, 1.0, 1.0, 1.0]])).tolist() == [
        [4, 1, 2.5, 2.5],
        [2.5, 2.5, 2.5, 2.5],
    ]


def test_correlations_by_hand() -> None:
    """Pearson 8 / √(10 · 10), the ranks the same numbers; with a tie, 9 / √(10 · 9.5)."""
    x, y = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), np.array([[2.0, 1.0, 4.0, 3.0, 5.0]])
    assert pearson(x, y) == pytest.approx(0.8)
    assert spearman(x, y**3) == pytest.approx(0.8)
    assert spearman(x, np.array([[10.0, 20.0, 20.0, 30.0, 90.0]])) == pytest.approx(9.5 / np.sqrt(95))
    assert row_correlation(np.vstack([x, x]), np.vstack([y, -y])).tolist() == pytest.approx([0.8, -0.8])


def test_the_correlation_with_a_constant_is_0() -> None:
    """.1 is not a sum of powers of two, so its mean may be off by a rounding error."""
    constant, rising = np.full((2, 7), 0.1), np.tile(np.arange(7.0), (2, 1))
    for correlation in (pearson, spearman, item_spearman):
        assert correlation(constant, rising) == correlation(rising, constant) == 0
