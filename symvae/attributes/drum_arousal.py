"""Arousal of a drum track: how excited the playing is, at its tempo.

No ratings of drum tracks are known to us. The score is a sum of the two cues of arousal that a drum track has
at a fixed tempo, with the standardized weights of a ridge regression on the ratings of piano pieces in VGMIDI
(Ferreira and Whitehead 2019): rhythm density .55 and loudness .21. Means and deviations are those of 8,453
windows of two bars of beats in the Groove MIDI Dataset (Gillick et al. 2019), so that an arousal of .7 is
more excited than about 70 % of them.
"""

from math import erf, sqrt
from typing import NamedTuple

from symvae.attributes.density import rhythm_density
from symvae.attributes.dynamics import mean_velocity
from symvae.music.phrase import Phrase


class Cue(NamedTuple):
    """An attribute that carries arousal."""

    mean: float
    deviation: float
    weight: float


DENSITY, LOUDNESS = Cue(0.738, 0.202, 0.55), Cue(70.4, 17.7, 0.21)
#: Correlation of the two in these windows.
_CORRELATION = -0.23
_SPREAD = sqrt(DENSITY.weight**2 + LOUDNESS.weight**2 + 2 * _CORRELATION * DENSITY.weight * LOUDNESS.weight)


def drum_arousal(phrase: Phrase) -> float:
    """Arousal of a drum track, 0 to 1; that of the softest rest for silence."""
    values = ((DENSITY, rhythm_density(phrase)), (LOUDNESS, mean_velocity(phrase) if len(phrase) else 1.0))
    score = sum(cue.weight * (value - cue.mean) / cue.deviation for cue, value in values) / _SPREAD
    return (1 + erf(score / sqrt(2))) / 2
