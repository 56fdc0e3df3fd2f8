"""Stereo from one channel: a middle that both sides share, and a decorrelated signal of opposite sign.

    left, right = m·wave ± s·decorrelated(wave)        m² = 1 − width / 2, s² = width / 2

The two sides have the correlation 1 − width, and their sum is the wave itself: in mono nothing cancels. The
decorrelator is a short sequence of sparse impulses whose level decays, velvet noise (Alary, Politis and
Välimäki 2017, "Velvet-noise decorrelator", DAFx-17).
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

#: Length of the sequence: longer ones smear attacks.
LENGTH_SEC = 0.03
_IMPULSES = 30
#: Level at the end of the sequence, in dB.
_DECAY_DB = -12.0


def widen(
    wave: Float[np.ndarray, " sample"], width: float, sample_rate: int
) -> Float[np.ndarray, "2 sample"]:
    """Spread a sound over two sides.

    Args:
        wave: The sound; its first `LENGTH_SEC` lack the sequence's past.
        width: From 0 (the same on both sides) to 1 (unrelated).
        sample_rate: Hz.

    Returns:
        Left and right; the mean of their powers is the wave's.
    """
    side = np.zeros_like(wave)
    for delay, level in _velvet(sample_rate):
        side[delay:] += level * wave[: len(wave) - delay]
    middle, apart = np.sqrt(1 - width / 2) * wave, np.sqrt(width / 2) * side
    return np.stack([middle + apart, middle - apart]).astype(np.float32)


@lru_cache(maxsize=4)
def _velvet(sample_rate: int) -> tuple[tuple[int, float], ...]:
    """Delay in samples and level of each impulse; one at a random place of every thirtieth of the length."""
    chance = np.random.default_rng(0)
    place = (np.arange(_IMPULSES) + chance.random(_IMPULSES)) / _IMPULSES
    level = chance.choice([-1.0, 1.0], _IMPULSES) * 10 ** (_DECAY_DB * place / 20)
    level /= np.sqrt(np.square(level).sum())
    delay = np.floor(place * LENGTH_SEC * sample_rate).astype(int)
    return tuple(zip(delay.tolist(), level.tolist(), strict=True))
