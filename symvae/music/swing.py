"""Swing: eighths or sixteenths in unequal pairs.

The measure is the place of the second note between two beats, b / (1 + b) for the beat-upbeat ratio b of
Benadon (Slicing the beat: jazz eighth-notes as expressive microrhythm, Ethnomusicology 50(1), 2006): .5 is
straight, 2/3 is the last note of a triplet. Swing is where most pairs agree, and dotted notes are none.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

#: Pairs of notes a quarter, by their name.
PAIRS = {"eighths": 1, "sixteenths": 2}
#: Swing lies between straight and dotted notes.
LEAST_PLACE, MOST_PLACE = 0.54, 0.71
#: Pairs that have to agree: number, share of all, and largest distance from the median place, in pairs.
LEAST_PAIRS, LEAST_SHARE, REACH = 6, 0.7, 0.06


class Swing(NamedTuple):
    """Unequal pairs of notes."""

    position: float
    """Place of the second note of a pair, 0 to 1."""
    unit: str
    """The notes in pairs: "eighths" or "sixteenths"."""

    @property
    def places_quarter(self) -> list[float]:
        """Places of the second notes in a quarter."""
        pairs = PAIRS[self.unit]
        return [(pair + self.position) / pairs for pair in range(pairs)]


def find_swing(onset_quarter: Float[np.ndarray, " note"]) -> Swing | None:
    """Find the swing of eighths, else of sixteenths.

    Args:
        onset_quarter: Start of each note, in quarters.

    Returns:
        The swing; None if the notes are straight, or do not agree.
    """
    for unit, pairs in PAIRS.items():
        place = _second_places(np.sort(onset_quarter) * pairs)
        if not len(place):
            continue
        median = float(np.nanmedian(place))
        agree = int((np.abs(place - median) < REACH).sum())
        if LEAST_PLACE < median < MOST_PLACE and agree >= max(LEAST_PAIRS, LEAST_SHARE * len(place)):
            return Swing(median, unit)
    return None


def _second_places(onset: Float[np.ndarray, " note"]) -> Float[np.ndarray, " pair"]:
    """Place of the second note in each pair that has one; NaN where there are more. Empty if all have."""
    pair = np.floor(onset + 0.15)  # a note played early belongs to the next beat
    place = onset - pair
    second = place > 0.2
    delay = float(np.median(place[~second])) if not second.all() else 0.0
    _, first = np.unique(pair[second], return_index=True)
    earliest = place[second][first]
    latest = place[second][np.append(first[1:], second.sum()) - 1] if len(first) else earliest
    middle = np.where(latest - earliest < REACH, (earliest + latest) / 2 - delay, np.nan)
    return middle if np.isfinite(middle).any() else np.empty(0)
