"""Partials of a sound font's instrument, measured on single notes.

Inharmonicity is the B at which the places n·f·√(1 + B·n²) of a long spectrum hold the largest magnitudes; a
curve over the keyboard is fitted to it. Vibrato is the swing of the fundamental between 3 and 9 Hz
(`symvae.dsp.yin`). A sound whose level swings with its pitch by no regular rate is a section: several players
whose distance in pitch makes the beats. How wide a sound is, its two channels tell.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, MOST_STRETCH, Partials
from symvae.audio.soundfont import FontPlayer, one_channel
from symvae.dsp.yin import track_near

_KEYS = np.arange(28, 97, 4)
_VELOCITY = 95
#: Section of a note that is measured, after its attack.
_START_SEC, _SPAN_SEC = 0.05, 1.0
_HELD_SEC = 2.5
_HOP = 96
_MOST_PARTIALS, _HIGHEST_HZ = 40, 11_000.0
#: Least B of a string: partial 20 is 3 % of a semitone high.
_LEAST_STRETCH = 8e-6
_TRIED = np.geomspace(1e-6, MOST_STRETCH, 100)
#: Keys of a stiff string among all, at least.
_STIFF_SHARE = 0.6
#: Largest mean distance of B from its curve, as a ratio in octaves; chance has several.
_SCATTER_OCTAVES = 0.7
#: Rates of vibrato in Hz, its least depth in cents, and the share of the swing that has that rate.
_RATES, _LEAST_CENTS, _REGULAR = (3.5, 8.0), 4.0, 0.75
#: Swings of pitch and level from which on, without a regular rate, there is a section.
_BEATING_CENTS, _BEATING_DB = 1.0, 2.0
#: Share of the louder channel's power from which on the other one counts.
_SOFT = 1e-4


@lru_cache(maxsize=256)
def measured_partials(player: FontPlayer, program: int, sample_rate: int) -> Partials:
    """Measure an instrument.

    Args:
        player: Player of a font.
        program: General MIDI program.
        sample_rate: Hz.

    Returns:
        Its partials: those of a stiff string, else vibrato or a section where there is one.
    """
    waves = [_played(player, program, int(key), sample_rate) for key in _KEYS]
    sounding = [(key, wave) for key, wave in zip(_KEYS.tolist(), waves, strict=True) if wave.std() > 1e-5]
    if not sounding:
        return HARMONIC
    stretch = np.array([_stretch(wave, _hz(key), sample_rate) for key, wave in sounding])
    octaves = (np.array([key for key, _ in sounding]) - 60) / 12
    stiff = stretch > _LEAST_STRETCH
    swings = np.array([_swing(wave, _hz(key), sample_rate) for key, wave in sounding if 48 <= key <= 84])
    cents, rate_hz, regular, level_db = np.median(swings, axis=0).tolist()
    if cents >= _LEAST_CENTS and regular >= _REGULAR:
        return Partials(vibrato_cents=round(cents, 1), vibrato_hz=round(rate_hz, 2))
    if cents >= _BEATING_CENTS and level_db >= _BEATING_DB:
        apart = max(cents, _LEAST_CENTS)
        return Partials(vibrato_cents=round(apart / 2, 1), vibrato_hz=5.5, detune_cents=round(apart, 1))
    if stiff.mean() < _STIFF_SHARE:
        return HARMONIC
    measured = np.log2(stretch[stiff])
    curve = np.polynomial.Polynomial.fit(octaves[stiff], measured, 2).convert()
    middle, slope, curvature = (round(float(value), 3) for value in curve.coef)
    if slope < 0 or np.abs(curve(octaves[stiff]) - measured).mean() > _SCATTER_OCTAVES:
        return HARMONIC
    return Partials(stretch=(middle, slope, curvature), stretch_share=1.0)


@lru_cache(maxsize=256)
def measured_width(player: FontPlayer, program: int, sample_rate: int) -> float:
    """Measure how far apart the two channels of an instrument are.

    Args:
        player: Player of a font.
        program: General MIDI program.
        sample_rate: Hz.

    Returns:
        1 − the mean correlation of the channels of single notes: 0 where they are the same, at most 1.
    """
    apart = []
    for key in _KEYS.tolist():
        stereo = player.play(_note(key), program, round(_HELD_SEC * sample_rate)).astype(np.float64)
        power = np.square(stereo).sum(1)
        if power.min() > _SOFT * power.max():
            apart.append(1 - float(stereo.prod(0).sum()) / np.sqrt(power.prod()))
    return round(float(np.clip(np.mean(apart), 0, 1)), 2) if apart else 0.0


def _hz(key: int) -> float:
    return float(440 * 2 ** ((key - 69) / 12))


def _played(player: FontPlayer, program: int, key: int, sample_rate: int) -> Float[np.ndarray, " sample"]:
    return one_channel(player.play(_note(key), program, round(_HELD_SEC * sample_rate)))


def _note(key: int) -> Notes:
    return Notes(np.zeros(1), np.array([_HELD_SEC]), np.array([key]), np.array([_VELOCITY]))


def _stretch(wave: Float[np.ndarray, " sample"], frequency_hz: float, sample_rate: int) -> float:
    """B of the best fit; 0 where exact multiples fit as well."""
    first, length = round(_START_SEC * sample_rate), round(_SPAN_SEC * sample_rate)
    size = 1 << (2 * length).bit_length()
    spectrum = np.sqrt(np.abs(np.fft.rfft(wave[first : first + length] * np.hanning(length), size)))
    number = np.arange(1, min(_MOST_PARTIALS, int(_HIGHEST_HZ / frequency_hz)) + 1)
    tried = np.concatenate([[0.0], _TRIED])[:, None, None]
    tuning = 2 ** (np.arange(-12, 13) / 1200)[:, None]
    partial_hz = frequency_hz * tuning * number * np.sqrt(1 + tried * number**2)
    row = np.rint(partial_hz * size / sample_rate).astype(np.int64)
    held = np.where(partial_hz < _HIGHEST_HZ, spectrum[np.minimum(row, len(spectrum) - 1)], 0.0)
    score = held.sum(-1).max(-1)
    best = int(score.argmax())
    return float(tried[best, 0, 0]) if score[best] > 1.02 * score[0] else 0.0


def _swing(
    wave: Float[np.ndarray, " sample"], frequency_hz: float, sample_rate: int
) -> tuple[float, float, float, float]:
    """Swing of a held note: in cents, its rate in Hz, the share of it near that rate; of the level in dB."""
    near_hz = np.full(len(wave) // _HOP + 1, frequency_hz)
    pitch = track_near(wave.astype(np.float64), _HOP, sample_rate, near_hz)
    frames_a_sec = sample_rate / _HOP
    inside = slice(round(0.5 * frames_a_sec), round((_HELD_SEC - 0.2) * frames_a_sec))
    cents = _detrended(1200 * np.log2(np.maximum(pitch.frequency_hz[inside], 1.0) / frequency_hz))
    power = np.square(np.abs(np.fft.rfft(cents * np.hanning(len(cents)), 4096)))
    rate_hz = np.arange(len(power)) * frames_a_sec / 4096
    within = (rate_hz >= _RATES[0]) & (rate_hz <= _RATES[1])
    peak = float(rate_hz[int((power * within).argmax())])
    share = power[np.abs(rate_hz - peak) < 1.5].sum() / max(power.sum(), 1e-12)
    blocks = wave[: len(wave) // _HOP * _HOP].reshape(-1, _HOP)
    level_db = 10 * np.log10(np.convolve(np.square(blocks).mean(1), np.ones(8) / 8, "same") + 1e-10)[inside]
    return float(np.sqrt(2) * cents.std()), peak, float(share), float(np.sqrt(2) * _detrended(level_db).std())


def _detrended(values: Float[np.ndarray, " frame"]) -> Float[np.ndarray, " frame"]:
    place = np.arange(len(values))
    return values - np.polynomial.Polynomial.fit(place, values, 2)(place)
