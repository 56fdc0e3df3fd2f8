"""Playing speed, fade-in and gain reach a pitch and an attack, or leave the sound as it is."""

import numpy as np
import pytest

from symvae.audio.drum_shaping import sharpened, swelled, tuned
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.audio.sound_attributes import attack_ms, pitch_hz


def tone(hz: float, decay_sec: float = 0.2) -> np.ndarray:
    """A decaying sine from the onset on, with a peak of 1."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    wave = np.concatenate([np.zeros(ONSET), np.sin(2 * np.pi * hz * time) * np.exp(-time / decay_sec)])
    return (wave / np.abs(wave).max()).astype(np.float32)


@pytest.mark.parametrize("wanted_hz", [105.0, 170.0, 199.0, 240.0, 390.0])
def test_a_pitch_is_reached_by_the_playing_speed(wanted_hz: float) -> None:
    wave = tone(200.0)
    made = tuned(wave, wanted_hz)
    assert pitch_hz(made, SAMPLE_RATE) == pytest.approx(wanted_hz, rel=2e-3)
    assert made.shape == wave.shape
    assert np.abs(made).max() <= 1
    assert not made[: ONSET - 1].any()
    assert abs(made[-1]) < 1e-5  # a slower sound is cut, and faded out


@pytest.mark.parametrize("wanted_hz", [95.0, 420.0])
def test_a_pitch_that_is_too_far_away_leaves_the_sound(wanted_hz: float) -> None:
    assert np.array_equal(tuned(tone(200.0), wanted_hz), tone(200.0))


def test_noise_has_no_pitch_to_move() -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, SAMPLES).astype(np.float32)
    assert np.array_equal(tuned(noise, 300.0), noise)


@pytest.mark.parametrize("wanted_ms", [8.0, 20.0])
def test_a_slower_attack_is_a_fade_in(wanted_ms: float) -> None:
    wave = tone(2_000.0)
    assert attack_ms(wave, SAMPLE_RATE) < 5
    made = swelled(wave, wanted_ms)
    assert attack_ms(made, SAMPLE_RATE) == pytest.approx(wanted_ms, rel=0.1)
    assert np.abs(made).max() == pytest.approx(1)


def test_an_attack_is_never_moved_away_from_what_is_asked() -> None:
    slow = swelled(tone(2_000.0), 30.0)
    assert np.array_equal(swelled(slow, 10.0), slow)


def burst(rise_ms: float) -> np.ndarray:
    """Noise whose level starts at half of its largest and rises, as decoded drums do."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    level = np.minimum(0.5 + 0.5 * time / (rise_ms / 1000), 1.0) * np.exp(-time / 0.2)
    wave = np.concatenate([np.zeros(ONSET), level * np.random.default_rng(0).uniform(-1, 1, len(time))])
    return (wave / np.abs(wave).max()).astype(np.float32)


@pytest.mark.parametrize("wanted_ms", [4.0, 8.0])
def test_a_faster_attack_is_gain_before_the_peak(wanted_ms: float) -> None:
    slow = burst(25.0)
    assert attack_ms(slow, SAMPLE_RATE) > 12
    made = sharpened(slow, wanted_ms)
    assert attack_ms(made, SAMPLE_RATE) == pytest.approx(wanted_ms, rel=0.25)
    assert np.abs(made).max() == pytest.approx(1)
    # Behind the peak it is the sound at another level, at most 2 dB below.
    later = slice(ONSET + round(0.06 * SAMPLE_RATE), ONSET + round(0.2 * SAMPLE_RATE))
    level = np.linalg.norm(made[later]) / np.linalg.norm(slow[later])
    assert 0.79 < level <= 1.01
    np.testing.assert_allclose(made[later], level * slow[later], atol=1e-4)


def test_a_gain_that_would_make_a_click_of_the_start_is_refused() -> None:
    """A single sample stands out of a soft beginning; raised with it, that would be the peak."""
    slow = burst(25.0)
    slow[ONSET + 20] = 0.95
    made = sharpened(slow, 1.0)
    later = slice(ONSET + round(0.06 * SAMPLE_RATE), ONSET + round(0.2 * SAMPLE_RATE))
    assert np.linalg.norm(made[later]) > 0.79 * np.linalg.norm(slow[later])


def test_the_second_swing_of_a_kick_is_not_the_end_of_its_attack() -> None:
    """At 50 Hz a level of 4 ms follows each half swing; the first is raised to the second."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    rise = np.minimum(0.6 + time / 0.025, 1.0)
    wave = np.concatenate([np.zeros(ONSET), rise * np.sin(2 * np.pi * 50 * time) * np.exp(-time / 0.3)])
    kick = (wave / np.abs(wave).max()).astype(np.float32)
    assert attack_ms(kick, SAMPLE_RATE) > 10
    assert attack_ms(sharpened(kick, 5.0), SAMPLE_RATE) < 6


def test_an_attack_that_is_fast_enough_stays() -> None:
    assert np.array_equal(sharpened(tone(2_000.0), 10.0), tone(2_000.0))


def test_silence_has_no_attack_to_sharpen() -> None:
    silence = np.zeros(SAMPLES, np.float32)
    assert np.array_equal(sharpened(silence, 5.0), silence)
