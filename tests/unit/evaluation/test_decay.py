"""One decay or two: sounds whose answer is known."""

import numpy as np
import pytest

from symvae.evaluation.metrics.decay import LEAST_DB, WINDOW_SEC, decay_off_db, level_db

RATE = 8000
TIME = np.arange(3 * RATE) / RATE
TONE = np.sin(2 * np.pi * 440 * TIME)


def dying(*rates_per_sec: float) -> np.ndarray:
    """A tone that fades at one rate, or at several stages, which begin alike loud."""
    return TONE * np.mean([np.exp(-rate * TIME) for rate in rates_per_sec], 0)


def test_a_cross_fade_of_two_decays_has_a_knee_and_a_morph_at_the_rate_between_has_none():
    quick, slow = dying(3.0), dying(0.2)
    assert decay_off_db(dying(1.6), quick, slow, RATE) == pytest.approx(0, abs=0.1)
    assert decay_off_db((quick + slow) / 2, quick, slow, RATE) > 2


def test_the_stages_of_the_ends_are_no_knee():
    piano, strings = dying(4.0, 0.8), dying(0.0)
    between = TONE * np.sqrt(np.abs(np.mean([np.exp(-rate * TIME) for rate in (4.0, 0.8)], 0)))
    assert decay_off_db(between, piano, strings, RATE) == pytest.approx(0, abs=0.1)
    assert decay_off_db((piano + strings) / 2, piano, strings, RATE) > 2


def test_one_that_keeps_the_decay_of_an_end_is_off():
    quick, slow = dying(1.5), dying(0.0)
    half_the_difference = 1.5 * 20 * np.log10(np.e) * 3 / 2 / np.sqrt(12)
    for kept in (quick, slow):
        assert decay_off_db(kept, quick, slow, RATE) == pytest.approx(half_the_difference, rel=0.05)


def test_loudness_does_not_matter():
    quick, slow = dying(3.0), dying(0.2)
    off = decay_off_db(quick + slow, quick, slow, RATE)
    assert decay_off_db(0.01 * (quick + slow), 5 * quick, slow / 7, RATE) == pytest.approx(off)


def test_the_attack_is_not_asked_for():
    quick, slow = dying(1.5), dying(0.0)
    late = dying(0.75) * (TIME > 0.07)
    assert decay_off_db(late, quick, slow, RATE) == pytest.approx(0, abs=0.1)


def test_what_an_end_does_when_it_is_gone_is_not_asked_for():
    gone = dying(3.0) * (TIME < 1)
    assert decay_off_db(dying(1.6), gone, dying(0.2), RATE) == pytest.approx(0, abs=0.1)


def test_levels_end_at_the_least_and_silence_has_none():
    level = level_db(np.where(TIME < 0.4, TONE, 1e-6 * TONE), RATE)
    assert len(level) == round(3 / WINDOW_SEC)
    assert level[:10] == pytest.approx(0, abs=0.1)
    assert level[10:] == pytest.approx(LEAST_DB)
    assert not level_db(np.zeros(RATE), RATE).any()
    assert decay_off_db(np.zeros(RATE), np.zeros(RATE), np.zeros(RATE), RATE) == 0.0
    assert decay_off_db(np.zeros(10), np.zeros(10), np.zeros(10), RATE) == 0.0
