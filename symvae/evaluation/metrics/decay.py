"""Decay of a morph: does a sound between two instruments decay as one instrument or as two?

The notes of a morph should decay at one rate of its own. A cross-fade is two instruments at once: its level
follows first the louder one, then the one that rings longer, with a knee between them that neither has. So
the level in dB is compared, at every time, with the mean of both ends' levels: of two exponential decays
that mean is one exponential decay, and where the ends decay in two stages themselves, as a piano does, it
has these stages.
"""

import numpy as np
from jaxtyping import Float

#: Window of a level: three periods of the lowest held note.
WINDOW_SEC = 0.04
#: Start of a note that is ignored.
ATTACK_SEC = 0.08
#: Levels relative to the largest are clipped here, and frames at this level are ignored.
LEAST_DB = -50.0


def level_db(wave: Float[np.ndarray, " sample"], sample_rate: int) -> Float[np.ndarray, " frame"]:
    """RMS level of each window in dB relative to the largest, at least `LEAST_DB`; 0 for silence."""
    window = round(WINDOW_SEC * sample_rate)
    frames = len(wave) // window
    level = np.sqrt(np.square(wave[: frames * window].reshape(frames, window)).mean(1))
    peak = float(level.max(initial=0.0))
    if peak <= 0:
        return np.zeros(frames)
    return 20 * np.log10(np.maximum(level / peak, 10 ** (LEAST_DB / 20)))


def decay_off_db(
    middle: Float[np.ndarray, " sample"],
    start: Float[np.ndarray, " sample"],
    end: Float[np.ndarray, " sample"],
    sample_rate: int,
) -> float:
    """Deviation of a note's level from the mean of both ends' levels, as standard deviation over time.

    Args:
        middle: The note between both ends.
        start: The note of one end.
        end: The note of the other end.
        sample_rate: Hz.

    Returns:
        The deviation in dB over the time in which both ends sound; 0 where they never do.
    """
    levels = [level_db(wave, sample_rate)[round(ATTACK_SEC / WINDOW_SEC) :] for wave in (middle, start, end)]
    sounding = (levels[1] > LEAST_DB) & (levels[2] > LEAST_DB)
    deviation = (levels[0] - (levels[1] + levels[2]) / 2)[sounding]
    return float(deviation.std()) if len(deviation) else 0.0
