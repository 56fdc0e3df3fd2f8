"""Shaping of drums as a sampler does it.

Another playing speed for a pitch, a fade-in for a slower attack, and gain before the peak for a faster one.
"""

import math
from itertools import product

import numpy as np
from jaxtyping import Float

from symvae.audio.one_shot import ONSET, SAMPLE_RATE, fade
from symvae.audio.sound_attributes import attack_ms, attacks_ms, pitch_hz
from symvae.dsp.resample import resampled

#: Samples that are faded out at the end of a sound that is played slower, and cut.
_END_FADE = 512
#: Largest change of the playing speed, and the smallest that is worth one.
_MOST_SPEED, _IN_TUNE = 2.0, 5e-4
#: Longest fade-in, as a multiple of the attack that is asked for, and number of lengths that are tried.
_LONGEST_FADE, _FADES = 4.0, 32
#: Largest gain before the peak, and shares of the wanted attack from which on the level is that of the peak.
_MOST_GAIN = 10 ** (15 / 20)
_RISES = (1.0, 0.7, 0.5, 0.3, 0.1, 0.0)
#: Shares of a window by which the gain looks ahead. A gain by past levels overshoots where it turns into
#: less, and one by future levels is too small.
_AHEAD = (0.0, 0.5, 1.0)
#: Windows of the level that is raised.
_LEVEL_SEC = 0.004
#: A faster attack is faster by this factor at least, and raises the peak by this factor at most.
_FASTER, _MOST_RISE = 1.15, 10 ** (2 / 20)
#: Attacks from which on a sound swells, and is left alone.
_SLOWEST_MS = 100.0


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
    whole[-_END_FADE:] *= fade(_END_FADE)[::-1]
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


def sharpened(
    wave: Float[np.ndarray, " sample"], wanted_ms: float, before_ms: float | None = None
) -> Float[np.ndarray, " sample"]:
    """Raise the level before the peak, so that the attack is faster.

    Args:
        wave: The sound.
        wanted_ms: The attack that it shall have.
        before_ms: The attack that it has; None where it is not known.

    Returns:
        The sound, its peak at 1; the sound as it is where its attack is as fast already, or where a gain that
        brings it nearer would make a click of its start.
    """
    if before_ms is None:
        before_ms = attack_ms(wave, SAMPLE_RATE)
    if not _FASTER * wanted_ms < before_ms < _SLOWEST_MS:
        return wave
    begin = wave[: ONSET + round(2 * _SLOWEST_MS / 1000 * SAMPLE_RATE)]
    width = round(_LEVEL_SEC * SAMPLE_RATE)
    power = np.concatenate([np.zeros(width), np.cumsum(np.square(begin, dtype=np.float64))])
    level = np.maximum.accumulate(np.sqrt(np.maximum(power[width:] - power[:-width], 0)))
    onset = int(np.argmax(level >= 0.1 * level[-1]))
    most = _MOST_RISE * float(np.abs(begin).max())
    # From its highest level on the sound stays as it is.
    seen = min(max(int(np.argmax(level >= level[-1])), ONSET) + 2 * width, len(begin))
    made = begin[:seen] * _gains(level[:seen], onset, width, wanted_ms)
    after_ms = np.maximum(attacks_ms(made, SAMPLE_RATE), 0.1)
    off = np.abs(np.log(after_ms / wanted_ms))
    off[(after_ms * _FASTER >= before_ms) | (np.abs(made).max(1) > most)] = math.inf
    best = int(off.argmin())
    if off[best] >= math.log(before_ms / wanted_ms):
        return wave
    whole = np.concatenate([made[best], wave[seen:]])
    return (whole / max(float(np.abs(whole).max()), 1e-6)).astype(np.float32)


def _gains(
    level: Float[np.ndarray, " sample"], onset: int, width: int, wanted_ms: float
) -> Float[np.ndarray, "candidate sample"]:
    """Gains that bring a rising level to its highest from a share of the wanted attack on."""
    gains = np.ones((len(_AHEAD) * len(_RISES), len(level)))
    for row, (ahead, share) in zip(gains, product(_AHEAD, _RISES), strict=True):
        missing = level[-1] / np.maximum(level[round(ahead * (width - 1)) :], 1e-9)
        place = min(onset + max(round(share * wanted_ms / 1000 * SAMPLE_RATE), 1), len(missing) - 1)
        row[: len(missing)] = missing
        row[:place] = missing[place]
    gains = np.minimum(gains, _MOST_GAIN)
    gains[:, :ONSET] = 1 + np.linspace(-1, 1, ONSET, endpoint=False).clip(0) * (gains[:, ONSET, None] - 1)
    return gains


def _faded_in(wave: Float[np.ndarray, " sample"], fade_ms: float) -> Float[np.ndarray, " sample"]:
    samples = max(fade_ms / 1000 * SAMPLE_RATE, 1.0)
    gain = np.clip((np.arange(len(wave)) - ONSET) / samples, 0, 1)
    faded = wave * np.sin(np.pi / 2 * gain)
    return (faded / max(float(np.abs(faded).max()), 1e-6)).astype(np.float32)
