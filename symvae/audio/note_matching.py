"""Note F1: reference and estimated notes match at equal pitch and onsets within 50 ms.

The onset F1 of mir_eval's ``transcription`` (Raffel et al. 2014; Bay, Ehmann and Downie 2009): a maximum
matching between reference and estimated notes, each used once. Departures: pitches are MIDI keys and match
when equal (mir_eval: within 50 cents); offsets are ignored; counts of several clips are pooled, so that
every note has equal weight, not every clip.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes

TOLERANCE_SEC = 0.05
#: Distances are rounded as in mir_eval, so that floating-point errors do not exclude exactly 50 ms.
_DECIMALS = 4


class F1(NamedTuple):
    """Counts of reference notes, estimated notes, and matched pairs."""

    reference: int
    estimated: int
    matched: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 without any notes, as in mir_eval."""
        return 2 * self.matched / max(self.reference + self.estimated, 1)


def match(reference: Notes, estimated: Notes, tolerance_sec: float = TOLERANCE_SEC) -> F1:
    """Count matching notes.

    Args:
        reference: Notes that were played.
        estimated: Notes that were transcribed.
        tolerance_sec: Largest distance of two matching onsets.

    Returns:
        The counts, with the largest possible number of pairs.
    """
    matched = sum(
        _pairs(
            np.sort(reference.onset_sec[reference.pitch == pitch]),
            np.sort(estimated.onset_sec[estimated.pitch == pitch]),
            tolerance_sec,
        )
        for pitch in np.intersect1d(reference.pitch, estimated.pitch)
    )
    return F1(len(reference.pitch), len(estimated.pitch), matched)


def match_clips(reference: Sequence[Notes], estimated: Sequence[Notes], *, until_sec: float = np.inf) -> F1:
    """Count matching notes of several clips, but for those at the very end, of which too little sounds.

    Args:
        reference: Notes that were played in each clip.
        estimated: Notes that were transcribed in each clip.
        until_sec: Length of a clip; notes later than this, less twice the tolerance, do not count.

    Returns:
        The pooled counts.
    """
    last_sec = until_sec - 2 * TOLERANCE_SEC
    counts = [
        match(ours.select(ours.onset_sec < last_sec), theirs.select(theirs.onset_sec < last_sec))
        for ours, theirs in zip(reference, estimated, strict=True)
    ]
    return F1(*(sum(column) for column in zip(*counts, strict=True))) if counts else F1(0, 0, 0)


def _pairs(
    reference: Float[np.ndarray, " note"],
    estimated: Float[np.ndarray, " estimated_note"],
    tolerance_sec: float,
) -> int:
    """Size of the maximum matching: for points on a line, greedy pairing in order is optimal."""
    count = r = e = 0
    while r < len(reference) and e < len(estimated):
        difference = round(float(estimated[e] - reference[r]), _DECIMALS)
        if abs(difference) <= tolerance_sec:
            count, r, e = count + 1, r + 1, e + 1
        elif difference > 0:
            r += 1
        else:
            e += 1
    return count
