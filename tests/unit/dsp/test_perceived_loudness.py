"""A-weighted loudness: the standard's values at some frequencies, the scale, and silence."""

import pytest
import torch

from symvae.dsp.perceived_loudness import loudness_db, scaled

RATE, HOP = 24_000, 96


def sine(hz: float, level: float = 1.0) -> torch.Tensor:
    return level * torch.sin(2 * torch.pi * hz * torch.arange(RATE) / RATE)[None]


@pytest.mark.parametrize(("hz", "weight_db"), [(1000, 0.0), (100, -19.1), (4000, 1.0), (8000, -1.1)])
def test_the_a_curve_is_that_of_the_standard(hz, weight_db):
    assert float(loudness_db(sine(hz), HOP, RATE)[0, 125]) == pytest.approx(weight_db, abs=0.3)


def test_level_counts_in_decibels_and_is_scaled():
    loud, soft = (loudness_db(sine(1000, level), HOP, RATE)[0, 125] for level in (0.5, 0.05))
    assert float(loud - soft) == pytest.approx(20, abs=1e-3)
    assert float(scaled(loud)) == pytest.approx(1 - 6.02 / 80, abs=1e-3)


def test_silence_is_at_the_bottom_of_the_scale():
    silent = loudness_db(torch.zeros(1, 10 * HOP), HOP, RATE)
    assert silent.shape == (1, 11)
    assert (scaled(silent) == 0).all()
