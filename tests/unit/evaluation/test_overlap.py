import numpy as np
import pytest

from symvae.evaluation.metrics.overlap import inter_set_overlap, overlapped_area, shared_mass

CHANCE = np.random.default_rng(0)
NORMAL = CHANCE.normal(size=4000)


def test_the_same_values_overlap_whole() -> None:
    assert overlapped_area(NORMAL, NORMAL) == pytest.approx(1)
    assert overlapped_area(np.ones(5), np.ones(7)) == 1


def test_two_draws_of_one_distribution_overlap_nearly_whole() -> None:
    assert overlapped_area(NORMAL, CHANCE.normal(size=3000)) > 0.95


def test_far_apart_nothing_overlaps() -> None:
    assert overlapped_area(NORMAL, NORMAL + 50) < 0.01


def test_normals_two_deviations_apart_overlap_by_a_third() -> None:
    """2 Φ(−1) = .317."""
    assert overlapped_area(NORMAL, CHANCE.normal(size=4000) + 2) == pytest.approx(0.317, abs=0.04)


def test_distances_within_and_between() -> None:
    """Yang and Lerch: a set from the same source lies as far from real music as real music does."""
    assert inter_set_overlap(NORMAL[:500], NORMAL[500:1000]) > 0.95
    assert inter_set_overlap(NORMAL[:500], NORMAL[500:1000] + 6) < 0.2


def test_histograms_share_what_both_have() -> None:
    assert shared_mass(np.array([2, 2]), np.array([6, 2])) == pytest.approx(0.75)
    assert shared_mass(np.array([1, 0]), np.array([0, 5])) == 0
    assert shared_mass(np.array([3, 1]), np.array([300, 100])) == 1
    assert shared_mass(np.array([0, 0]), np.array([1, 1])) == 0
