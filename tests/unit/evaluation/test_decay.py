"""One decay or two: sounds whose answer is known."""

import numpy as np
import pytest

from symvae.evaluation.decay import envelope, residuals, slope_db_per_sec, slopes_ratio

RATE = 8000
TIME = np.arange(3 * RATE) / RATE
TONE = np.sin(2 * np.pi * 440 * TIME)


@pytest.mark.parametrize("rate_per_sec", [0.0, 0.7, 3.0, 8.0])
def test_one_exponential_is_one(rate_per_sec):
    assert slopes_ratio(0.3 * np.exp(-rate_per_sec * TIME) * TONE, RATE) == pytest.approx(1.0, abs=0.3)


def test_a_cross_fade_of_two_decays_is_two_and_a_morph_at_a_rate_between_is_one():
    quick, slow = np.exp(-9 * TIME), np.exp(-0.5 * TIME)
    cross_fade, morph = (quick + slow) / 2 * TONE, np.exp(-2.1 * TIME) * TONE
    assert slopes_ratio(cross_fade, RATE) > 5 > 1.3 > slopes_ratio(morph, RATE)


def test_level_does_not_matter():
    wave = (np.exp(-9 * TIME) + np.exp(-0.5 * TIME)) * TONE
    assert slopes_ratio(wave, RATE) == pytest.approx(slopes_ratio(0.01 * wave, RATE))


def test_two_never_fit_worse_than_one_and_silence_is_explained():
    rng = np.random.default_rng(0)
    for _ in range(20):
        one, two = residuals(rng.uniform(0.01, 1, 50), 0.02)
        assert two <= one + 1e-9
    assert residuals(np.zeros(50), 0.02) == (0.0, 0.0)
    assert slopes_ratio(np.zeros(RATE), RATE) == 1.0


def test_an_envelope_starts_at_its_peak():
    level = envelope(np.repeat([0.0, 0.5, 0.2, 0.1], 512), 512)
    assert level == pytest.approx([0.5, 0.2, 0.1])


@pytest.mark.parametrize("rate_per_sec", [0.0, 0.7, 1.6])
def test_the_slope_of_an_exponential_is_its_rate_in_db(rate_per_sec):
    expected = -rate_per_sec * 20 * np.log10(np.e)
    slope = slope_db_per_sec(0.3 * np.exp(-rate_per_sec * TIME) * TONE, RATE)
    assert slope == pytest.approx(expected, abs=0.05)


def test_what_is_left_under_50_db_has_no_slope_and_silence_has_none():
    gone = np.where(TIME < 0.1, 1.0, 1e-6 * np.exp(-9 * TIME)) * TONE
    nothing_left = np.where(TIME < 0.1, 1.0, 0.0) * TONE
    assert slope_db_per_sec(gone, RATE) == pytest.approx(slope_db_per_sec(nothing_left, RATE))
    assert slope_db_per_sec(np.zeros(RATE), RATE) == 0.0
