"""As played: lengths and velocities of a phrase, carried over to the notes that go on in a new version of it.

A model sets the lengths and velocities of all notes anew. Of these only what was asked for is a change. A
note that is held on for one that goes stays as long as it is now.
"""

from dataclasses import replace

import numpy as np

from symvae.music.continuation import continuation
from symvae.music.phrase import Phrase


def as_played(before: Phrase, after: Phrase, *, louder: bool, longer: bool) -> Phrase:
    """Give notes that go on their old velocity and length.

    Args:
        before: The phrase as it was.
        after: The phrase as it is now.
        louder: The loudness may change: all old velocities move by the mean difference, so that accents stay.
        longer: The lengths may change.

    Returns:
        The new phrase; notes without an old one keep velocity and length.
    """
    after = after.without_overlaps()
    pairs = continuation(before, after)
    if not len(pairs.old):
        return after
    old, new = before.velocity[pairs.old], after.velocity[pairs.new]
    by = int(np.rint((new - old).mean())) if louder else 0
    velocity, duration = after.velocity.copy(), after.duration_step.copy()
    velocity[pairs.new] = (old + by).clip(1, 127)
    if not longer:
        same = before.onset_step[pairs.old] == after.onset_step[pairs.new]
        old_end, new_end = before.end_step[pairs.old], after.end_step[pairs.new]
        gone = before.onset_step[pairs.gone]
        held_on = ((old_end[:, None] <= gone) & (gone < new_end[:, None])).any(axis=1)
        as_before = same & ~held_on
        duration[pairs.new[as_before]] = before.duration_step[pairs.old[as_before]]
    return replace(after, duration_step=duration, velocity=velocity).without_overlaps()
