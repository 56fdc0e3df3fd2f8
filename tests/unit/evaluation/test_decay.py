"""Deviation of decays: sounds with a known answer."""

import numpy as np
import pytest

from symvae.evaluation.metrics.decay import LEAST_DB, WINDOW_SEC, decay_off_db, level_db

RATE = 8000
TIME = np.arange(3 * RATE) / RATE
TONE = np.sin(2 * np.pi * 440 * TIME)


def decaying(*rates_per_sec: float) -> np.ndarray:
    """A tone that decays at one rate, or in stages of equal initial level."""
    return TONE * np.mean([np.exp(-rate * TIME) for rate in rates_per_sec], 0)


def test_a_cross_fade_deviates_and_a_decay_at_the_mean_rate_does_not():
    quick, slow = decaying(3.0), decaying(0.2)
    assert decay_off_db(decaying(1.6), quick, slow, RATE) == pytest.approx(0, abs=0.1)
    assert decay_off_db((quick + slow) / 2, quick, slow, RATE) > 2


def test_stages_of_an_end_are_no_deviation():
    piano, strings = decaying(4.0, 0.8), decaying(0.0)
    between = TONE * np.sqrt(np.abs(np.mean([np.exp(-rate * TIME) for rate in (4.0, 0.8)], 0)))
    assert decay_off_db(between, piano, strings, RATE) == pytest.approx(0, abs=0.1)
    assert decay_off_db((piano + strings) / 2, piano, strings, RATE) > 2


def test_the_decay_of_an_end_deviates():
    quick, slow = decaying(1.5), decaying(0.0)
    half_the_difference = 1.5 * 20 * np.log10(np.e) * 3 / 2 / np.sqrt(12)
    for end in (quick, slow):
        assert decay_off_db(end, quick, slow, RATE) == pytest.approx(half_the_difference, rel=0.05)


def test_levels_of_the_sounds_do_not_matter():
    quick, slow = decaying(3.0), decaying(0.2)
    off = decay_off_db(quick + slow, quick, slow, RATE)
    assert decay_off_db(0.01 * (quick + slow), 5 * quick, slow / 7, RATE) == pytest.approx(off)


def test_the_attack_is_ignored():
    quick, slow = decaying(1.5), decaying(0.0)
    late = decaying(0.75) * (TIME > 0.07)
    assert decay_off_db(late, quick, slow, RATE) == pytest.approx(0, abs=0.1)


def test_frames_in_which_an_end_is_silent_are_ignored():
    gone = decaying(3.0) * (TIME < 1)
    assert decay_off_db(decaying(1.6), gone, decaying(0.2), RATE) == pytest.approx(0, abs=0.1)


def test_levels_are_clipped_and_silence_has_level_0():
    level = level_db(np.where(TIME < 0.4, TONE, 1e-6 * TONE), RATE)
    assert len(level) == round(3 / WINDOW_SEC)
    assert level[:10] == pytest.approx(0, abs=0.1)
    assert level[10:] == pytest.approx(LEAST_DB)
    assert not level_db(np.zeros(RATE), RATE).any()
    assert decay_off_db(np.zeros(RATE), np.zeros(RATE), np.zeros(RATE), RATE) == 0.0
    assert decay_off_db(np.zeros(10), np.zeros(10), np.zeros(10), RATE) == 0.0
