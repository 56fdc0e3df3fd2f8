import numpy as np
import pytest

from symvae.evaluation.metrics.overlap import inter_set_overlap, overlapped_area, shared_mass

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(size=4000)


def test_equal_sets_overlap_completely() -> None:
    assert overlapped_area(NORMAL, NORMAL) == pytest.approx(1)
    assert overlapped_area(np.ones(5), np.ones(7)) == 1


def test_two_samples_of_one_distribution_overlap_almost_completely() -> None:
    assert overlapped_area(NORMAL, RNG.normal(size=3000)) > 0.95


def test_distant_sets_do_not_overlap() -> None:
    assert overlapped_area(NORMAL, NORMAL + 50) < 0.01


def test_normals_two_deviations_apart_overlap_by_a_third() -> None:
    """2 Φ(−1) = .317."""
    assert overlapped_area(NORMAL, RNG.normal(size=4000) + 2) == pytest.approx(0.317, abs=0.04)


def test_inter_set_overlap_is_high_for_a_set_from_the_same_source() -> None:
    """Yang and Lerch: a set from the same source is as far from real music as real music is."""
    assert inter_set_overlap(NORMAL[:500], NORMAL[500:1000]) > 0.95
    assert inter_set_overlap(NORMAL[:500], NORMAL[500:1000] + 6) < 0.2


def test_shared_mass_is_the_intersection_of_normalized_histograms() -> None:
    assert shared_mass(np.array([2, 2]), np.array([6, 2])) == pytest.approx(0.75)
    assert shared_mass(np.array([1, 0]), np.array([0, 5])) == 0
    assert shared_mass(np.array([3, 1]), np.array([300, 100])) == 1
    assert shared_mass(np.array([0, 0]), np.array([1, 1])) == 0
