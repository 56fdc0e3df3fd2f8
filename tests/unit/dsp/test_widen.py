"""Stereo from one channel: power, correlation, and the sum in mono."""

import numpy as np
import pytest

from symvae.dsp.widen import LENGTH_SEC, widen

RATE = 24_000
NOISE = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)


@pytest.mark.parametrize("width", [0.0, 0.4, 1.0])
def test_the_sides_have_the_power_of_the_sound_and_the_correlation_of_the_width(width: float) -> None:
    stereo = widen(NOISE, width, RATE)
    assert np.square(stereo).mean() == pytest.approx(np.square(NOISE).mean(), rel=0.03)
    assert np.corrcoef(stereo)[0, 1] == pytest.approx(1 - width, abs=0.05)


def test_in_mono_nothing_cancels() -> None:
    mono = widen(NOISE, 0.8, RATE).mean(0)
    np.testing.assert_allclose(mono, np.sqrt(0.6) * NOISE, atol=1e-5)


def test_an_impulse_is_spread_over_the_length_of_the_sequence_at_most() -> None:
    impulse = np.zeros(RATE, np.float32)
    impulse[1_000] = 1.0
    sounding = np.flatnonzero(widen(impulse, 1.0, RATE).any(0))
    assert sounding[0] == 1_000
    assert sounding[-1] <= 1_000 + LENGTH_SEC * RATE


def test_without_width_both_sides_are_the_sound() -> None:
    np.testing.assert_allclose(widen(NOISE, 0.0, RATE), np.stack([NOISE, NOISE]), atol=1e-6)
