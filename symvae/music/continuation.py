"""Continuation: what becomes of each note of a phrase in a new version of the phrase.

A note is **kept** where the new version has its pitch at its step. It is **replaced** by a new note at the
same step or up to an eighth away, if that is its nearest after the shift of the whole: where all notes rise
by an octave, each is replaced by its own octave, and each voice stays with its player. The other notes are
gone, and the other new notes are added.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.phrase import Phrase

#: Farthest step of a note that replaces another: an eighth.
FARTHEST_STEP = 2
#: Farthest interval beyond the shift of the whole, in semitones: an octave.
FARTHEST_PITCH = 12
#: Semitones that a step counts for, so that a note at the same step always comes first.
STEP_COST = 2 * FARTHEST_PITCH


class Continuation(NamedTuple):
    """Pairs of notes by their rows in the old and the new phrase."""

    old: Int[np.ndarray, " pair"]
    """Old notes that go on."""
    new: Int[np.ndarray, " pair"]
    """The new note that each goes on as."""
    gone: Int[np.ndarray, " gone"]
    """Old notes that end."""
    added: Int[np.ndarray, " added"]
    """New notes that nothing came before."""


def continuation(before: Phrase, after: Phrase) -> Continuation:
    """Pair the notes of two phrases on one grid; of hits of a pitch that share a step, the first is meant."""
    was, first_old = np.unique(_places(before), return_index=True)
    now, first_new = np.unique(_places(after), return_index=True)
    stays, goes_on = np.isin(was, now), np.isin(now, was)
    old, new = first_old[stays], first_new[goes_on]
    gone, added = np.sort(first_old[~stays]), np.sort(first_new[~goes_on])
    if len(gone) and len(added):
        replaced, by = _replaced(before, after, gone, added)
        old, new = np.concatenate([old, replaced]), np.concatenate([new, by])
        gone, added = np.setdiff1d(gone, replaced), np.setdiff1d(added, by)
    return Continuation(old, new, gone, added)


def pitch_shift(before: Phrase, after: Phrase) -> float:
    """Change of the mean pitch from one phrase to another; 0 where one is silent."""
    return float(after.pitch.mean() - before.pitch.mean()) if len(before) and len(after) else 0.0


def _replaced(
    before: Phrase, after: Phrase, gone: Int[np.ndarray, " gone"], added: Int[np.ndarray, " added"]
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Pairs of least total cost among those that are near enough."""
    from scipy.optimize import linear_sum_assignment  # takes a third of a second to import

    step = np.subtract.outer(before.onset_step[gone], after.onset_step[added])
    interval = np.subtract.outer(before.pitch[gone] + pitch_shift(before, after), after.pitch[added])
    near = (abs(step) <= FARTHEST_STEP) & (abs(interval) <= FARTHEST_PITCH)
    cost = np.square(interval) + np.square(STEP_COST * step)
    rows, columns = linear_sum_assignment(np.where(near, cost, 1e9))
    chosen = near[rows, columns]
    return gone[rows[chosen]], added[columns[chosen]]


def _places(phrase: Phrase) -> Int[np.ndarray, " note"]:
    """Each note's onset and pitch as one number."""
    return phrase.onset_step * 128 + phrase.pitch
