"""A plain built-in synthesizer: enough to hear a phrase anywhere, with numpy alone.

A note is a sum of decaying harmonics, the higher the weaker and the sooner gone, as of a plucked
string. With the fundamental at frequency f, the k-th harmonic has amplitude BRIGHTNESS^(k-1) / k
and decays by FADE + k·DULL each second. All harmonics together are one polynomial in

    w(t) = exp((2πi·f - DULL)·t),        tone(t) = exp(-FADE·t) · Im Σ_k amplitude_k · w(t)^k

so that a sample costs one complex exponential and a multiplication a harmonic. Harmonics at or
above half the sample rate are left out, so nothing aliases; a note whose fundamental lies there
(pitch 127 at 24 kHz) makes no sound.

It is no instrument: no room, no stereo, no vibrato. The tempo of each phrase is kept.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes, notes_of
from symvae.dsp.audio import Audio
from symvae.errors import AudioError
from symvae.music.phrase import Phrase

HARMONICS = 10
BRIGHTNESS = 0.75
FADE_PER_SEC = 1.1
DULL_PER_SEC = 0.9
ATTACK_SEC = 0.006
RELEASE_SEC = 0.08

#: A key held longer has faded by 130 dB; what would follow is left out.
LONGEST_SEC = 7.5

#: The loudest sample of a rendering: 1 dB under full scale.
PEAK = 10 ** (-1 / 20)


def render(phrases: Phrase | Sequence[Phrase], sample_rate: int = 24_000) -> Audio:
    """The sound of a phrase, or of several one after the other, in one channel.

    It lasts as long as the phrases' grids and the release of a last note. The level follows the
    velocities; the whole is scaled so that its loudest sample is `PEAK`. Silence stays silent.
    """
    if sample_rate < 1:
        raise AudioError(f"A sample rate is a positive number of Hz, not {sample_rate}.")
    notes, seconds = notes_of(phrases)
    mix = tones(notes, 0, round((seconds + RELEASE_SEC) * sample_rate), sample_rate)
    loudest = np.abs(mix).max(initial=0.0)
    if loudest > 0:
        mix *= PEAK / loudest
    return Audio(mix[None], sample_rate)


def tones(notes: Notes, first_sample: int, samples: int, sample_rate: int) -> Float[np.ndarray, " sample"]:
    """The tones of all notes, from ``first_sample`` on, a loud note of several at about full scale."""
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
    """Up within the attack, down within the release after the note's end, both without a corner."""
    rise = np.clip(time_sec / ATTACK_SEC, 0, 1)
    fall = np.clip((duration_sec + RELEASE_SEC - time_sec) / RELEASE_SEC, 0, 1)
    return np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2


def _level(velocity: int) -> float:
    """The level of a velocity, by its square: 40 dB a decade, as General MIDI advises."""
    return (velocity / 127) ** 2
