"""Variations of one-shot drums for training: at another speed, layered, equalized, damped.

A few hundred drums are behind all recordings. What a producer does to one makes others that might have been
recorded: playing it faster or slower, layering two of a kind, an equalizer, a shorter decay.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from symvae.audio.one_shot import ONSET, SAMPLE_RATE

#: Frequencies between which a random equalizer is a straight line over octaves, in Hz.
_KNOTS_HZ = (40.0, 120.0, 400.0, 1_200.0, 4_000.0, 12_000.0)
#: Range of the level of a second layer.
_LAYER = (0.2, 1.0)
_LEAST = 1e-6


@dataclass(frozen=True)
class SoundVariation:
    """Bounds of the variations."""

    semitones: float = 0.0
    """Largest change of the playing speed."""
    layered: float = 0.0
    """Share of the sounds with a second one of their class beneath."""
    equalizer_db: float = 0.0
    """Standard deviation of the equalizer's gain at each of six frequencies."""
    damped_db: float = 0.0
    """Largest additional decay, in dB a second."""


def vary(
    wave: Float32[np.ndarray, " sample"],
    layer: Float32[np.ndarray, " sample"],
    bounds: SoundVariation,
    chance: np.random.Generator,
) -> Float32[np.ndarray, " sample"]:
    """Vary a sound; the onset stays at its place.

    Args:
        wave: The sound.
        layer: Another one of its class, for the share of sounds that are layered.
        bounds: Bounds of the variations.
        chance: Source of all draws.

    Returns:
        The variation, with a peak of 1.
    """
    speed, other = 2 ** (chance.uniform(-bounds.semitones, bounds.semitones, 2) / 12)
    gain = chance.uniform(*_LAYER) if chance.random() < bounds.layered else 0.0
    level_db = chance.normal(0.0, 1.0, len(_KNOTS_HZ)) * bounds.equalizer_db
    damping_db = chance.uniform(0.0, bounds.damped_db)
    varied = at_speed(wave, speed)
    if gain:
        varied = varied + gain * at_speed(layer, other)
    if bounds.equalizer_db:
        varied = _equalized(varied, level_db)
    if damping_db:
        time_sec = np.maximum(np.arange(len(varied)) - ONSET, 0) / SAMPLE_RATE
        varied = varied * 10 ** (-damping_db / 20 * time_sec)
    return (varied / max(float(np.abs(varied).max()), _LEAST)).astype(np.float32)


def at_speed(wave: Float32[np.ndarray, " sample"], speed: float) -> Float32[np.ndarray, " sample"]:
    """Play faster or slower from the onset on, with linear interpolation.

    Args:
        wave: The sound.
        speed: 2 is an octave higher.

    Returns:
        The sound, as long as before.
    """
    if speed == 1:
        return wave
    time = np.arange(len(wave), dtype=np.float64)
    faster = np.interp(ONSET + (time - ONSET) * speed, time, wave, left=0.0, right=0.0)
    return faster.astype(np.float32)


def _equalized(wave: np.ndarray, level_db: np.ndarray) -> np.ndarray:
    """Filter with given gains at the knots, and straight lines over octaves between."""
    spectrum = np.fft.rfft(wave)
    frequency = np.maximum(np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE), 1.0)
    gain_db = np.interp(np.log(frequency), np.log(_KNOTS_HZ), level_db)
    filtered = np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(wave))
    filtered[: ONSET // 2] = 0.0  # what a filter of zero phase lets ring ahead
    return filtered
