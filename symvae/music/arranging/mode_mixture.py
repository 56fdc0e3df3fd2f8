"""Mode mixture: music between major and parallel minor, by degrees of the scale that are lowered or raised.

The third, sixth and seventh degree tell a major key from the minor key on the same tonic. A ladder leads from
one to the other, a degree a step, in the order in which music in major borrows them from minor: first the
sixth, as in a minor subdominant, then the third, then the seventh, which dominants keep. A step changes the
pitch of notes by a semitone, and nothing else.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int


class Degree(NamedTuple):
    """A degree of the scale that mode mixture moves."""

    name: str
    major: int
    """Semitones above the tonic in major; a semitone less in minor."""


#: In the order in which they are lowered; of those that are raised the third is the first.
DEGREES = (Degree("sixth", 9), Degree("third", 4), Degree("seventh", 11))
#: Steps of the ladder: all degrees raised, none moved, all lowered.
STEPS = range(-len(DEGREES), len(DEGREES) + 1)


def mixed(pitch: Int[np.ndarray, " note"], tonic: int, step: int) -> Int[np.ndarray, " note"]:
    """Move pitches along the ladder between the modes of a tonic.

    Args:
        pitch: MIDI note numbers.
        tonic: Pitch class of the tonic, from 0 for C.
        step: Number of degrees that are lowered; below 0, that are raised.

    Returns:
        The new note numbers; those of all other degrees stay.
    """
    degree = (pitch - tonic) % 12
    moved = [each.major for each in degrees_of(step)]
    if step > 0:
        return pitch - np.isin(degree, moved)
    return np.minimum(pitch + np.isin(degree + 1, moved), 127)


def degrees_of(step: int) -> tuple[Degree, ...]:
    """Degrees that a step of the ladder moves."""
    if step >= 0:
        return DEGREES[:step]
    # A dominant of minor has its major seventh already; the third is what makes major.
    return tuple(sorted(DEGREES, key=lambda each: each.name != "third"))[:-step]
