"""Synthetic drums from noise bursts: enough to keep time, with numpy alone.

Each key of the General MIDI kit is band-limited noise with an exponential decay, plus a tone of falling
pitch for drums with a skin. It is no replacement for a sound font's kit.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes

LEVEL = 0.25
#: Longest sound of a stroke.
LONGEST_SEC = 1.2


class _Burst(NamedTuple):
    low_hz: float
    high_hz: float
    decay_sec: float
    tone_hz: float = 0.0
    tone_level: float = 0.0
    noise_level: float = 1.0


_KICK = _Burst(20, 400, 0.05, 55.0, 1.6, 0.3)
_SNARE = _Burst(300, 9000, 0.11, 180.0, 0.5, 0.8)
_STICK = _Burst(1200, 6000, 0.02)
_CLAP = _Burst(800, 5000, 0.09)
_HAT, _OPEN_HAT = _Burst(6500, 12000, 0.03, noise_level=0.5), _Burst(6000, 12000, 0.22, noise_level=0.5)
_CRASH, _RIDE = _Burst(3000, 12000, 0.5, noise_level=0.6), _Burst(4500, 12000, 0.3, noise_level=0.4)
_SHAKE, _WOOD, _BELL = (
    _Burst(5000, 11000, 0.04, noise_level=0.4),
    _Burst(700, 2500, 0.03),
    _Burst(500, 3000, 0.08, 800.0, 0.5, 0.2),
)


def _tom(tone_hz: int) -> _Burst:
    return _Burst(60, 900, 0.12, tone_hz, 1.2, 0.2)


#: By key of General MIDI 1; other keys sound like a stick.
_KIT = {
    35: _KICK, 36: _KICK, 37: _STICK, 38: _SNARE, 39: _CLAP, 40: _SNARE, 41: _tom(75), 42: _HAT, 43: _tom(90),
    44: _HAT, 45: _tom(110), 46: _OPEN_HAT, 47: _tom(130), 48: _tom(155), 49: _CRASH, 50: _tom(180),
    51: _RIDE, 52: _CRASH, 53: _BELL, 54: _SHAKE, 55: _CRASH, 56: _BELL, 57: _CRASH, 59: _RIDE,
    60: _tom(260), 61: _tom(200), 62: _tom(300), 63: _tom(280), 64: _tom(180), 69: _SHAKE, 70: _SHAKE,
    75: _WOOD, 76: _WOOD, 77: _WOOD, 80: _BELL, 81: _BELL, 82: _SHAKE,
}  # fmt: skip


def drum_bursts(
    notes: Notes, first_sample: int, samples: int, sample_rate: int
) -> Float[np.ndarray, " sample"]:
    """Sum the bursts of all strokes; equal strokes sound equal.

    Args:
        notes: Strokes, by the keys of General MIDI's drum kit.
        first_sample: First sample of the signal.
        samples: Length of the signal.
        sample_rate: Hz.

    Returns:
        The signal, a stroke at full velocity peaking at about `LEVEL`.
    """
    mix = np.zeros(samples, np.float32)
    onsets = np.rint(notes.onset_sec * sample_rate).astype(np.int64) - first_sample
    longest = round(LONGEST_SEC * sample_rate)
    for row in np.flatnonzero((onsets < samples) & (onsets + longest > 0)).tolist():
        burst = _burst(int(notes.pitch[row]), sample_rate)
        start = int(onsets[row])
        low, high = max(start, 0), min(start + len(burst), samples)
        if high <= low:  # ends before the block starts
            continue
        level = LEVEL * (float(notes.velocity[row]) / 127) ** 2
        mix[low:high] += level * burst[low - start : high - start]
    return mix


@lru_cache(maxsize=128)
def _burst(key: int, sample_rate: int) -> Float[np.ndarray, " sample"]:
    burst = _KIT.get(key, _STICK)
    samples = round(min(8 * burst.decay_sec, LONGEST_SEC) * sample_rate)
    spectrum = np.fft.rfft(np.random.default_rng(key).standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / sample_rate)
    low_hz = min(burst.low_hz, sample_rate / 4)  # at a low rate something of a cymbal remains
    spectrum[(hz < low_hz) | (hz > burst.high_hz)] = 0
    noise = np.fft.irfft(spectrum, samples)
    noise /= max(float(np.abs(noise).max()), 1e-9)
    time_sec = np.arange(samples) / sample_rate
    # The tone falls by an octave: sin of the integral of f · (1 + e^(-t/30 ms)).
    cycles = burst.tone_hz * (time_sec + 0.03 * (1 - np.exp(-time_sec / 0.03)))
    sound = burst.noise_level * noise + burst.tone_level * np.sin(2 * np.pi * cycles)
    fade = np.exp(-time_sec / burst.decay_sec) * np.clip((time_sec[-1] - time_sec) / 0.01, 0, 1)
    return (sound * fade).astype(np.float32)
