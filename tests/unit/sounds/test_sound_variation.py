"""Variations of one-shot drums: the onset stays, the peak is 1, and each bound does what it says."""

import numpy as np
import pytest

from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.training.sound_variation import SoundVariation, at_speed, vary


@pytest.fixture
def tone():
    """A decaying tone of 500 Hz from the onset on."""
    time = np.maximum(np.arange(SAMPLES) - ONSET, 0) / SAMPLE_RATE
    return (np.sin(2 * np.pi * 500 * time) * np.exp(-4 * time)).astype(np.float32)


@pytest.fixture
def click():
    wave = np.zeros(SAMPLES, np.float32)
    wave[ONSET : ONSET + 200] = np.random.default_rng(0).uniform(-1, 1, 200)
    return wave


def test_without_bounds_a_sound_stays_as_it_is(tone, click):
    varied = vary(tone, click, SoundVariation(), np.random.default_rng(0))
    np.testing.assert_allclose(varied, tone / np.abs(tone).max(), atol=1e-6)


@pytest.mark.parametrize(
    "bounds",
    [
        SoundVariation(semitones=12.0),
        SoundVariation(layered=1.0),
        SoundVariation(equalizer_db=6.0),
        SoundVariation(damped_db=60.0),
        SoundVariation(2.0, 0.3, 3.0, 20.0),
    ],
)
def test_a_variation_is_another_sound_with_its_onset_and_a_peak_of_one(tone, click, bounds):
    varied = vary(tone, click, bounds, np.random.default_rng(1))
    assert varied.dtype == np.float32
    assert np.abs(varied).max() == pytest.approx(1.0)
    assert np.abs(varied[: ONSET // 2]).max() < 1e-3
    assert np.abs(varied - tone / np.abs(tone).max()).max() > 0.01
    same = vary(tone, click, bounds, np.random.default_rng(1))
    assert np.array_equal(varied, same)


def test_damping_shortens_the_decay_by_decibels_a_second(tone, click):
    chance = np.random.default_rng(3)
    damped = vary(tone, click, SoundVariation(damped_db=40.0), chance)
    late = slice(SAMPLES // 2, SAMPLES // 2 + 4000)
    ratio = np.abs(damped[late]).max() / np.abs(tone[late]).max()
    assert 10 ** (-40 / 20) < ratio < 1


def test_double_speed_is_an_octave_higher(tone):
    faster = at_speed(tone, 2.0)
    spectrum = np.abs(np.fft.rfft(faster[ONSET : ONSET + 8192] * np.hanning(8192)))
    assert np.argmax(spectrum) * SAMPLE_RATE / 8192 == pytest.approx(1000, abs=10)
