"""Analog drums: a small subtractive synthesizer with numpy alone, whose settings are exact labels.

Circuits of the drum machines of about 1980, in discrete time: a bridged-T network, which rings at a falling
pitch when it is hit, for skins; six square oscillators of unrelated pitches for cymbals; filtered noise for
snares, claps and shakers. Filters work on whole spectra, so they add no delay.

A sound follows from its class and its settings; the noise has a seed among them.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.drum_sounds import CLASSES
from symvae.audio.one_shot import SAMPLE_RATE, SAMPLES, aligned, fade

Settings = dict[str, float]
Wave = Float[np.ndarray, " sample"]
#: Pitches of the six oscillators of a cymbal, in Hz, at a tuning of 1.
OSCILLATORS_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
#: Level after ``decay_sec``, as `symvae.audio.sound_attributes` measures it.
_DECAY_DB = 30.0
_TIME_SEC = np.arange(SAMPLES) / SAMPLE_RATE
_SEEDS = 2**31


class _Drum(NamedTuple):
    ranges: dict[str, tuple[float, float]]
    """Lowest and highest value of each setting; draws are uniform on a logarithmic scale."""
    play: Callable[[Settings], Wave]


def draw_settings(drum: str, rng: np.random.Generator) -> Settings:
    """Draw the settings of a drum.

    Args:
        drum: One of `CLASSES`.
        rng: Source of the draws.

    Returns:
        Settings for `play_analog`, ``noise_seed`` among them.
    """
    ranges = _DRUMS[drum].ranges
    drawn = {name: float(np.exp(rng.uniform(*np.log(ends)))) for name, ends in ranges.items()}
    return {**drawn, "noise_seed": float(rng.integers(_SEEDS))}


def play_analog(drum: str, settings: Settings) -> Wave:
    """Synthesize a one-shot.

    Args:
        drum: One of `CLASSES`.
        settings: As `draw_settings` returns them.

    Returns:
        `SAMPLES` samples with a peak of 1.
    """
    return aligned(_DRUMS[drum].play(settings), 0)


def settings_of(drum: str) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of each setting of a drum."""
    return dict(_DRUMS[drum].ranges)


def _noise(settings: Settings) -> Wave:
    return np.random.default_rng(int(settings["noise_seed"])).standard_normal(SAMPLES) * 0.3


def _decay(seconds: float, attack_sec: float = 0.0) -> Wave:
    """Exponential decay by 30 dB in some seconds, after a smooth attack."""
    envelope = 10 ** (-_DECAY_DB / 20 * np.maximum(_TIME_SEC - attack_sec, 0) / seconds)
    rise = round(attack_sec * SAMPLE_RATE)
    envelope[:rise] *= fade(rise)
    return envelope


def _band(wave: Wave, low_hz: float, high_hz: float = 0.0, order: int = 2) -> Wave:
    """Butterworth responses of a high pass and, above 0, of a low pass."""
    spectrum = np.fft.rfft(wave)
    hz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    gain = 1 / np.sqrt(1 + (low_hz / np.maximum(hz, 1e-3)) ** (2 * order))
    if high_hz:
        gain = gain / np.sqrt(1 + (hz / high_hz) ** (2 * order))
    return np.fft.irfft(spectrum * gain, len(wave))


def _bridged_t(
    pitch_hz: float, decay_sec: float, sweep_octaves: float = 0.0, sweep_sec: float = 0.03
) -> Wave:
    """Ringing of a bridged-T network whose pitch falls to ``pitch_hz``."""
    pitch = pitch_hz * 2 ** (sweep_octaves * np.exp(-_TIME_SEC / sweep_sec))
    return np.sin(2 * math.pi * np.cumsum(pitch) / SAMPLE_RATE) * _decay(decay_sec)


def _click(level: float, seconds: float = 0.002) -> Wave:
    return level * _decay(5 * seconds) * np.sign(np.sin(2 * math.pi * 0.5 / seconds * _TIME_SEC + 0.01))


def _squares(tuning: float) -> Wave:
    cycles = _TIME_SEC[:, None] * tuning * np.array(OSCILLATORS_HZ)
    return np.sign(np.sin(2 * math.pi * cycles + 0.3)).sum(1) / len(OSCILLATORS_HZ)


def _kick(s: Settings) -> Wave:
    ring = _bridged_t(s["pitch_hz"], s["decay_sec"], s["sweep_octaves"], s["sweep_sec"])
    return np.tanh(s["drive"] * (ring + _click(s["click"])))


def _snare(s: Settings) -> Wave:
    shell = _bridged_t(s["pitch_hz"], s["decay_sec"], 0.3, 0.01)
    shell = shell + 0.6 * _bridged_t(1.6 * s["pitch_hz"], 0.7 * s["decay_sec"], 0.3, 0.01)
    wires = _band(_noise(s), s["wires_hz"], 12_000.0) * _decay(s["wires_sec"])
    return s["shell"] * shell + wires / np.abs(wires).max()


def _rim(s: Settings) -> Wave:
    low = _bridged_t(s["pitch_hz"], s["decay_sec"])
    return _band(
        np.tanh(s["drive"] * (low + 0.8 * _bridged_t(s["ratio"] * s["pitch_hz"], s["decay_sec"]))), 300.0
    )


def _clap(s: Settings) -> Wave:
    envelope = 0.7 * _decay(s["decay_sec"], 0.001)
    burst = 10 ** (-1.5 * np.arange(SAMPLES) / SAMPLE_RATE / 0.012)
    envelope[: round(3 * s["spacing_sec"] * SAMPLE_RATE)] *= 0.15
    for number in range(4):
        start = round(number * s["spacing_sec"] * SAMPLE_RATE)
        envelope[start:] += burst[: SAMPLES - start]
    return _band(_noise(s), s["low_hz"], s["high_hz"]) * envelope


def _cymbal(s: Settings) -> Wave:
    metal = _band(_squares(s["tuning"]), s["low_hz"], order=3)
    hiss = _band(_noise(s), s["low_hz"], order=3)
    mixed = metal / np.abs(metal).max() + s["hiss"] * hiss / np.abs(hiss).max()
    return mixed * (_decay(s["decay_sec"]) + s["strike"] * _decay(0.03))


def _skin(s: Settings) -> Wave:
    ring = _bridged_t(s["pitch_hz"], s["decay_sec"], s["sweep_octaves"], s["sweep_sec"])
    hand = _band(_noise(s), 300.0, 4_000.0) * _decay(s["slap_sec"])
    return ring + s["slap"] * hand / np.abs(hand).max()


def _shaker(s: Settings) -> Wave:
    return _band(_noise(s), s["low_hz"], s["high_hz"]) * _decay(s["decay_sec"], s["attack_sec"])


def _bell(s: Settings) -> Wave:
    pitch = s["pitch_hz"]
    two = np.sign(np.sin(2 * math.pi * pitch * _TIME_SEC + 0.1))
    two = two + np.sign(np.sin(2 * math.pi * s["ratio"] * pitch * _TIME_SEC + 0.1))
    body = _decay(s["decay_sec"]) + s["strike"] * _decay(0.02)
    return _band(two, 0.7 * pitch, 4 * pitch) * body


_HAT = {"tuning": (0.7, 1.7), "low_hz": (4_000.0, 9_000.0), "hiss": (0.05, 1.0), "strike": (0.05, 1.0)}
_SKIN = {
    "sweep_octaves": (0.05, 0.6),
    "sweep_sec": (0.01, 0.08),
    "slap": (0.02, 0.5),
    "slap_sec": (0.01, 0.06),
}
_DRUMS: dict[str, _Drum] = {
    "kick": _Drum(
        {
            "pitch_hz": (38.0, 90.0),
            "decay_sec": (0.08, 0.7),
            "sweep_octaves": (0.3, 2.5),
            "sweep_sec": (0.008, 0.06),
            "click": (0.02, 0.6),
            "drive": (0.5, 4.0),
        },
        _kick,
    ),
    "snare": _Drum(
        {
            "pitch_hz": (140.0, 280.0),
            "decay_sec": (0.05, 0.3),
            "shell": (0.2, 1.5),
            "wires_hz": (500.0, 4_000.0),
            "wires_sec": (0.06, 0.5),
        },
        _snare,
    ),
    "rim": _Drum(
        {
            "pitch_hz": (400.0, 900.0),
            "ratio": (1.8, 3.8),
            "decay_sec": (0.01, 0.06),
            "drive": (0.5, 5.0),
        },
        _rim,
    ),
    "clap": _Drum(
        {
            "low_hz": (500.0, 1_200.0),
            "high_hz": (1_800.0, 7_000.0),
            "spacing_sec": (0.006, 0.014),
            "decay_sec": (0.06, 0.4),
        },
        _clap,
    ),
    "closed_hat": _Drum({**_HAT, "decay_sec": (0.02, 0.15)}, _cymbal),
    "open_hat": _Drum({**_HAT, "decay_sec": (0.2, 0.9)}, _cymbal),
    "tom": _Drum({**_SKIN, "pitch_hz": (70.0, 220.0), "decay_sec": (0.12, 0.7)}, _skin),
    "crash": _Drum({**_HAT, "low_hz": (1_500.0, 5_000.0), "decay_sec": (0.7, 2.5)}, _cymbal),
    "ride": _Drum(
        {**_HAT, "hiss": (0.02, 0.3), "low_hz": (2_500.0, 7_000.0), "decay_sec": (0.6, 2.0)}, _cymbal
    ),
    "hand_drum": _Drum({**_SKIN, "pitch_hz": (150.0, 480.0), "decay_sec": (0.05, 0.35)}, _skin),
    "shaker": _Drum(
        {
            "low_hz": (2_500.0, 7_000.0),
            "high_hz": (8_000.0, 16_000.0),
            "attack_sec": (0.004, 0.04),
            "decay_sec": (0.03, 0.2),
        },
        _shaker,
    ),
    "metal": _Drum(
        {
            "pitch_hz": (350.0, 1_000.0),
            "ratio": (1.35, 1.65),
            "decay_sec": (0.06, 0.6),
            "strike": (0.1, 1.5),
        },
        _bell,
    ),
}
assert tuple(sorted(_DRUMS)) == tuple(sorted(CLASSES))
