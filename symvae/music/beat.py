"""Beat: whether the notes of a file have any relation to its quarters.

Notes that were played to a beat gather at some places of the quarter. Notes of a performance that was
recorded without one, as transcriptions are, fall anywhere. The measure is the Rayleigh statistic (Mardia and
Jupp, Directional statistics, Wiley 2000, section 6.3): the length of the mean vector of the places as
angles, 1 for equal places and near 0 for random ones. It is taken at 1 to 8, 12 and 16 cycles a quarter, so
that triplets, swing and quintuplets count as a beat, too. Random places alone give about 1 / √n.

docs/experiments.md has the figures: neither unsteady playing to a click nor rubato with a tempo map is taken
for music without a beat.
"""

import math

import numpy as np
from jaxtyping import Float

#: Cycles a quarter at which a beat is looked for.
CYCLES = (*range(1, 9), 12, 16)
#: Onsets needed to tell that there is no beat.
LEAST_ONSETS = 48
#: Longest mean vector without a beat, a + b / √n for n onsets.
LIMIT = (0.15, 0.8)


def has_beat(onset_quarter: Float[np.ndarray, " onset"]) -> bool | None:
    """Tell whether onsets have a relation to the quarters.

    Args:
        onset_quarter: Distinct onsets of all tracks, in quarters.

    Returns:
        True or False, or None for too few onsets to tell.
    """
    count = len(onset_quarter)
    if count < LEAST_ONSETS:
        return None
    constant, by_chance = LIMIT
    return beat_length(onset_quarter) >= constant + by_chance / math.sqrt(count)


def beat_length(onset_quarter: Float[np.ndarray, " onset"]) -> float:
    """Length of the mean vector, the largest of all `CYCLES`: 0 for no beat, 1 for a clear one."""
    place = onset_quarter % 1.0
    return max(float(np.abs(np.exp(2j * np.pi * cycles * place).mean())) for cycles in CYCLES)
