"""Does a sound half-way between two die away as one, or as two?

A morph between two instruments should be one instrument whose notes fade at a rate of its own. A cross-fade
is two instruments at once: its level follows first the one that is louder, then the one that rings on, and
between them lies a knee that neither has. So the level in dB is compared, at every time, with the mean of
both ends' levels: of two straight decays that mean is one straight decay, and where the ends fade in two
stages themselves, as a piano does, it has their stages and no other.
"""

import numpy as np
from jaxtyping import Float

#: Of a level: long enough for three periods of the lowest held note.
WINDOW_SEC = 0.04
#: A held note's attack is not asked for.
ATTACK_SEC = 0.08
#: Nor what lies so far under its loudest.
LEAST_DB = -50.0


def level_db(wave: Float[np.ndarray, " sample"], sample_rate: int) -> Float[np.ndarray, " frame"]:
    """Root mean square of each window in dB, 0 the loudest; not under `LEAST_DB`, and all 0 of silence."""
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
    """How far the level of a note strays from the mean of both ends' levels: standard deviation over time.

    Asked for as long as both ends sound.
    """
    levels = [level_db(wave, sample_rate)[round(ATTACK_SEC / WINDOW_SEC) :] for wave in (middle, start, end)]
    sounding = (levels[1] > LEAST_DB) & (levels[2] > LEAST_DB)
    off = (levels[0] - (levels[1] + levels[2]) / 2)[sounding]
    return float(off.std()) if len(off) else 0.0
