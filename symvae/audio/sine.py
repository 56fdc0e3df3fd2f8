"""Additive synthesis of plucked tones with numpy alone: enough to hear a phrase anywhere.

A note is a sum of decaying harmonics; higher ones are weaker and decay faster, as of a plucked string. With
the fundamental at frequency f, harmonic k has amplitude BRIGHTNESS^(k-1) / k and decays at the rate FADE +
k·DULL per second. All harmonics together are one polynomial in

    w(t) = exp((2πi·f - DULL)·t),        tone(t) = exp(-FADE·t) · Im Σ_k amplitude_k · w(t)^k

so that a sample costs one complex exponential and one multiplication per harmonic. Harmonics at or above half
the sample rate are omitted, so nothing aliases; a note whose fundamental lies there (pitch 127 at 24 kHz) is
silent. There is no room, stereo or vibrato.
"""

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes

HARMONICS = 10
BRIGHTNESS = 0.75
FADE_PER_SEC = 1.1
DULL_PER_SEC = 0.9
ATTACK_SEC = 0.006
RELEASE_SEC = 0.08

#: A key held longer has decayed by 130 dB and is cut.
LONGEST_SEC = 7.5


def tones(notes: Notes, first_sample: int, samples: int, sample_rate: int) -> Float[np.ndarray, " sample"]:
    """Sum the tones of all notes, a loud chord at about full scale.

    Args:
        notes: Notes in seconds.
        first_sample: First sample of the signal.
        samples: Length of the signal.
        sample_rate: Hz.

    Returns:
        The signal.
    """
    mix = np.zeros(samples)
    onsets = np.rint(notes.onset_sec * sample_rate).astype(np.int64) - first_sample
    held_sec = np.minimum(notes.duration_sec, LONGEST_SEC)
    lengths = np.rint((held_sec + RELEASE_SEC) * sample_rate).astype(np.int64)
    for row in np.flatnonzero((onsets < samples) & (onsets + lengths > 0)).tolist():
        tone = _tone(int(notes.pitch[row]), float(held_sec[row]), sample_rate)
        start = int(onsets[row])
        low, high = max(start, 0), min(start + len(tone), samples)
        mix[low:high] += _level(int(notes.velocity[row])) * tone[low - start : high - start]
    return mix.astype(np.float32)


def _tone(pitch: int, duration_sec: float, sample_rate: int) -> Float[np.ndarray, " sample"]:
    """One note at full level: attack, decaying harmonics, release."""
    frequency_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    harmonics = min(HARMONICS, int(np.ceil(sample_rate / 2 / frequency_hz)) - 1)
    time_sec = np.arange(round((duration_sec + RELEASE_SEC) * sample_rate)) / sample_rate
    w = np.exp((2j * np.pi * frequency_hz - DULL_PER_SEC) * time_sec)
    tone = np.zeros_like(w)
    for k in range(harmonics, 0, -1):  # Horner's scheme, from the highest harmonic
        tone = (tone + BRIGHTNESS ** (k - 1) / k) * w
    return tone.imag * _envelope(time_sec, duration_sec) * np.exp(-FADE_PER_SEC * time_sec)


def _envelope(time_sec: Float[np.ndarray, " sample"], duration_sec: float) -> Float[np.ndarray, " sample"]:
    """Smooth rise within the attack and smooth fall within the release after the note's end."""
    rise = np.clip(time_sec / ATTACK_SEC, 0, 1)
    fall = np.clip((duration_sec + RELEASE_SEC - time_sec) / RELEASE_SEC, 0, 1)
    return np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2


def _level(velocity: int) -> float:
    """Level by the square of the velocity: 40 dB a decade, as General MIDI recommends."""
    return (velocity / 127) ** 2
