"""Agreement of bass and kick: how often they strike together.

The share of the bass notes that start on a step on which the kick is hit, and of the kicks on whose step a
bass note starts, as one number: their harmonic mean, 1 if both always strike together.
"""

import numpy as np

from symvae.music.arrangement import BASS, DRUMS, Arrangement
from symvae.music.drum_kit import class_of

_KICK = 0


def bass_kick_agreement(arrangement: Arrangement) -> float:
    """Harmonic mean of both shares, 0 to 1; 0 where one of the two does not play."""
    bass, drums = arrangement.part(BASS), arrangement.part(DRUMS)
    kick = np.unique(drums.onset_step[class_of(drums.pitch) == _KICK])
    onsets = np.unique(bass.onset_step)
    together = len(np.intersect1d(kick, onsets))
    return 2 * together / (len(kick) + len(onsets)) if len(kick) and len(onsets) else 0.0
