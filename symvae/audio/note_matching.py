"""Which notes were found: same pitch, onset within 50 ms, each note once.

The F1 of mir_eval's ``transcription.onset`` with pitch, which is the field's measure (Raffel et al. 2014;
Bay, Ehmann and Downie 2009): a largest matching between true and found notes. Departures: pitches are
keys, so they are the same or not (mir_eval: within 50 cents), offsets are not asked for, and figures of
several clips are pooled: every note counts alike, not every clip.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes

TOLERANCE_SEC = 0.05
#: mir_eval rounds distances, so that 50 ms is within 50 ms whatever floating point says.
_DECIMALS = 4


class F1(NamedTuple):
    """Notes of the truth, notes found, and pairs of both."""

    true: int
    made: int
    matched: int

    @property
    def precision(self) -> float:
        """0 where nothing was found."""
        return self.matched / max(self.made, 1)

    @property
    def recall(self) -> float:
        """0 where there was nothing to find."""
        return self.matched / max(self.true, 1)

    @property
    def f1(self) -> float:
        """0 where there are no notes at all, as in mir_eval."""
        return 2 * self.matched / max(self.true + self.made, 1)


def match(true: Notes, made: Notes, tolerance_sec: float = TOLERANCE_SEC) -> F1:
    """The largest number of pairs."""
    matched = sum(
        _pairs(
            np.sort(true.onset_sec[true.pitch == pitch]),
            np.sort(made.onset_sec[made.pitch == pitch]),
            tolerance_sec,
        )
        for pitch in np.intersect1d(true.pitch, made.pitch)
    )
    return F1(len(true.pitch), len(made.pitch), matched)


def match_clips(true: Sequence[Notes], made: Sequence[Notes], *, until_sec: float = np.inf) -> F1:
    """Counts over all clips, of notes that start before ``until_sec`` less twice the tolerance.

    A note at the very end of a clip has no sound to be found by.
    """
    last_sec = until_sec - 2 * TOLERANCE_SEC
    counts = [
        match(before.select(before.onset_sec < last_sec), after.select(after.onset_sec < last_sec))
        for before, after in zip(true, made, strict=True)
    ]
    return F1(*(sum(column) for column in zip(*counts, strict=True))) if counts else F1(0, 0, 0)


def _pairs(
    true: Float[np.ndarray, " note"], made: Float[np.ndarray, " made_note"], tolerance_sec: float
) -> int:
    """On a line the first that fit each other may always be a pair: no matching is larger."""
    count = t = m = 0
    while t < len(true) and m < len(made):
        apart = round(float(made[m] - true[t]), _DECIMALS)
        if abs(apart) <= tolerance_sec:
            count, t, m = count + 1, t + 1, m + 1
        elif apart > 0:
            t += 1
        else:
            m += 1
    return count
