"""Figures of swaps."""

import numpy as np
import pytest

from symvae.evaluation.swaps import in_order, tables


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [
        ([], [], 0),
        ([1, 2, 3], [], 0),
        ([1, 2, 3], [1, 2, 3], 3),
        ([3, 2, 1], [1, 2, 3], 1),
        ([1, 1, 2, 2], [1, 2], 2),
        ([5, 1, 7, 2, 3], [1, 2, 3, 4], 3),
        ([1, 2], [2, 1, 2, 1], 2),
    ],
)
def test_the_longest_common_subsequence(one, other, length):
    assert in_order(np.array(one, np.int64), np.array(other, np.int64)) == length
    assert in_order(np.array(other, np.int64), np.array(one, np.int64)) == length


def test_the_cost_is_beside_that_of_real_phrases():
    figures = {"pairs": 4, "rhythm": 1.0, "in_order": 0.98, "nats": 0.55, "real_nats": 0.5}
    assert "| 1.000 | .980 | +10.0 % |" in tables(figures)
