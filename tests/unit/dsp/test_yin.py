"""YIN: pitches to a cent or two, no octave errors, and an answer for noise and silence."""

import numpy as np
import pytest

from symvae.dsp.yin import track, track_near

RATE, HOP = 24_000, 240


def tone(hz: float, harmonics: int = 8, seconds: float = 0.4) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    most = min(harmonics, int(RATE / 2 / hz))
    return sum(0.1 / k * np.sin(2 * np.pi * hz * k * time + k) for k in range(1, most + 1))


def cents(found: np.ndarray, hz: float) -> np.ndarray:
    return np.abs(1200 * np.log2(found / hz))


@pytest.mark.parametrize("hz", [65.4, 146.8, 440.0, 1046.5, 2637.0])
def test_a_steady_tone_is_measured_to_two_cents(hz):
    pitch = track(tone(hz), HOP, RATE)
    assert len(pitch.frequency_hz) == 1 + int(0.4 * RATE) // HOP
    inner = slice(5, -5)
    assert cents(pitch.frequency_hz[inner], hz).max() < 2
    assert pitch.voiced[inner].all()


def test_a_weak_fundamental_is_no_octave_error():
    time = np.arange(RATE // 2) / RATE
    wave = sum(level * np.sin(2 * np.pi * 220 * k * time) for k, level in ((1, 0.01), (2, 0.2), (3, 0.2)))
    assert cents(track(wave, HOP, RATE).frequency_hz[5:-5], 220).max() < 5


def test_a_known_note_is_measured_near_its_pitch():
    wave = tone(446.0)
    near = np.full(1 + len(wave) // HOP, 440.0)
    assert cents(track_near(wave, HOP, RATE, near).frequency_hz[5:-5], 446.0).max() < 3


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(0).normal(0, 0.1, RATE // 2)
    assert track(noise, HOP, RATE).voiced.mean() < 0.05
    silent = track(np.zeros(RATE // 4), HOP, RATE)
    assert not silent.voiced.any()
    assert np.isfinite(silent.frequency_hz).all()
