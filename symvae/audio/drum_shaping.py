"""Shaping of drums as a sampler does it: another playing speed for a pitch, a fade-in for a slower attack."""

import numpy as np
from jaxtyping import Float

from symvae.audio.one_shot import ONSET, SAMPLE_RATE
from symvae.audio.sound_attributes import attack_ms, pitch_hz
from symvae.dsp.resample import resampled

#: Largest change of the playing speed, and the smallest that is worth one.
_MOST_SPEED, _IN_TUNE = 1.3, 5e-4
#: Longest fade-in, as a multiple of the attack that is asked for, and number of lengths that are tried.
_LONGEST_FADE, _FADES = 4.0, 32


def tuned(wave: Float[np.ndarray, " sample"], wanted_hz: float) -> Float[np.ndarray, " sample"]:
    """Play a sound a little faster or slower.

    Args:
        wave: The sound, with its onset at `symvae.audio.one_shot.ONSET`.
        wanted_hz: The pitch that it shall have.

    Returns:
        The sound, as long as before; itself where it has no pitch, or one that is too far away.
    """
    before_hz = pitch_hz(wave, SAMPLE_RATE)
    speed = wanted_hz / before_hz
    if not 1 / _MOST_SPEED <= speed <= _MOST_SPEED or abs(speed - 1) < _IN_TUNE:
        return wave
    length = len(wave) - ONSET
    played = resampled(wave[None, ONSET:], round(SAMPLE_RATE * speed), SAMPLE_RATE)[0, :length]
    whole = np.concatenate([wave[:ONSET], played, np.zeros(length - len(played), np.float32)])
    whole = (whole / max(float(np.abs(whole).max()), 1.0)).astype(np.float32)
    after_hz = pitch_hz(whole, SAMPLE_RATE)
    # At another speed another partial may be the strongest below the limit.
    return whole if abs(after_hz - wanted_hz) < abs(before_hz - wanted_hz) else wave


def swelled(wave: Float[np.ndarray, " sample"], wanted_ms: float) -> Float[np.ndarray, " sample"]:
    """Fade a sound in, so that its attack is slower.

    Args:
        wave: The sound, with its onset at `symvae.audio.one_shot.ONSET`.
        wanted_ms: The attack that it shall have.

    Returns:
        The sound with a peak of 1; itself where its attack is as slow already, or no fade-in comes nearer.
    """
    before_ms = attack_ms(wave, SAMPLE_RATE)
    if not before_ms < wanted_ms:
        return wave
    # The attack ends where the level is first near its peak, which jumps from one swing to the next.
    tried = [
        wave,
        *(_faded_in(wave, share * wanted_ms) for share in np.geomspace(0.1, _LONGEST_FADE, _FADES)),
    ]
    return min(tried, key=lambda made: abs(attack_ms(made, SAMPLE_RATE) - wanted_ms))


def _faded_in(wave: Float[np.ndarray, " sample"], fade_ms: float) -> Float[np.ndarray, " sample"]:
    samples = max(fade_ms / 1000 * SAMPLE_RATE, 1.0)
    gain = np.clip((np.arange(len(wave)) - ONSET) / samples, 0, 1)
    faded = wave * np.sin(np.pi / 2 * gain)
    return (faded / max(float(np.abs(faded).max()), 1e-6)).astype(np.float32)
