"""Additive tones: frequency, timing, level, decay, no aliasing."""

import numpy as np
import pytest

from symvae.audio.notes import Notes
from symvae.audio.sine import RELEASE_SEC, tones
from tests.sounds import one_note

RATE = 24_000


def tone(
    pitch: int = 69, duration_sec: float = 2.0, velocity: int = 100, sample_rate: int = RATE
) -> np.ndarray:
    """A note at time 0, until a second after its end."""
    note = one_note(0.0, duration_sec, pitch)._replace(velocity=np.array([velocity]))
    return tones(note, 0, round((duration_sec + 1) * sample_rate), sample_rate)


@pytest.mark.parametrize(("pitch", "frequency_hz"), [(69, 440.0), (57, 220.0), (60, 261.626), (108, 4186.01)])
def test_a_note_sounds_at_its_frequency(pitch: int, frequency_hz: float) -> None:
    samples = tone(pitch)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    strongest_hz = np.fft.rfftfreq(len(samples), 1 / RATE)[spectrum.argmax()]
    assert strongest_hz == pytest.approx(frequency_hz, abs=RATE / len(samples))


@pytest.mark.parametrize("sample_rate", [8_000, 24_000, 44_100])
def test_a_note_sounds_from_its_onset_to_the_end_of_its_release(sample_rate: int) -> None:
    samples = tones(one_note(0.5, 0.5), 0, 2 * sample_rate, sample_rate)
    sounding_sec = np.flatnonzero(np.abs(samples) > 1e-4) / sample_rate
    assert 0.5 <= sounding_sec[0] < 0.505
    assert 1.0 < sounding_sec[-1] < 1.0 + RELEASE_SEC


def test_a_loud_chord_stays_near_full_scale() -> None:
    chord = Notes(np.zeros(4), np.ones(4), np.array([36, 60, 64, 67]), np.full(4, 127))
    assert 0.5 < np.abs(tones(chord, 0, RATE, RATE)).max() < 4


def test_the_level_follows_the_square_of_the_velocity() -> None:
    np.testing.assert_allclose(tone(velocity=64), tone(velocity=127) * (64 / 127) ** 2, atol=1e-6)


def test_a_note_ends_without_a_click() -> None:
    """Steps between samples at the end of a note stay below those within it."""
    samples = tone(duration_sec=1.0)
    step = np.abs(np.diff(samples))
    assert step[RATE - 10 : RATE + 4_000].max() < step[:2_000].max()
    assert abs(samples[-1]) < 1e-6


def test_nothing_aliases() -> None:
    """A7 at 8 kHz: the second harmonic, 7040 Hz, would fold back to 960 Hz."""
    samples = tone(105, sample_rate=8_000)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    hz = np.fft.rfftfreq(len(samples), 1 / 8_000)
    assert spectrum[(hz > 860) & (hz < 1_060)].max() < 1e-4 * spectrum.max()


def test_a_fundamental_above_half_the_rate_is_silent() -> None:
    assert not tone(127).any()


def test_no_notes_are_silence() -> None:
    samples = tones(one_note().select(np.array([False])), 0, 100, RATE)
    assert samples.dtype == np.float32
    assert not samples.any()
