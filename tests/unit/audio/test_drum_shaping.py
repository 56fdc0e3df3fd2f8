"""Playing speed and fade-in reach a pitch and an attack, or leave the sound as it is."""

import numpy as np
import pytest

from symvae.audio.drum_shaping import swelled, tuned
from symvae.audio.one_shot import ONSET, SAMPLE_RATE, SAMPLES
from symvae.audio.sound_attributes import attack_ms, pitch_hz


def tone(hz: float, decay_sec: float = 0.2) -> np.ndarray:
    """A decaying sine from the onset on, with a peak of 1."""
    time = np.arange(SAMPLES - ONSET) / SAMPLE_RATE
    wave = np.concatenate([np.zeros(ONSET), np.sin(2 * np.pi * hz * time) * np.exp(-time / decay_sec)])
    return (wave / np.abs(wave).max()).astype(np.float32)


@pytest.mark.parametrize("wanted_hz", [170.0, 199.0, 240.0])
def test_a_pitch_is_reached_by_the_playing_speed(wanted_hz: float) -> None:
    wave = tone(200.0)
    made = tuned(wave, wanted_hz)
    assert pitch_hz(made, SAMPLE_RATE) == pytest.approx(wanted_hz, rel=2e-3)
    assert made.shape == wave.shape
    assert np.abs(made).max() <= 1
    assert not made[: ONSET - 1].any()


@pytest.mark.parametrize("wanted_hz", [100.0, 400.0])
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
