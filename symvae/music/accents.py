"""Accents: velocities of a phrase, carried over to a new version of it."""

from dataclasses import replace

import numpy as np

from symvae.music.continuation import continuation
from symvae.music.phrase import Phrase


def with_accents(before: Phrase, after: Phrase, louder: bool) -> Phrase:
    """Give notes that go on their old velocity, all moved by one amount if the loudness changes.

    Args:
        before: The phrase as it was.
        after: The phrase as it is now, whose mean velocity is right, but not the single ones.
        louder: True if the loudness may change; False leaves the velocities as they were.

    Returns:
        The new phrase; notes without an old one keep their velocity.
    """
    after = after.without_overlaps()
    pairs = continuation(before, after)
    if not len(pairs.old):
        return after
    old, new = before.velocity[pairs.old], after.velocity[pairs.new]
    by = int(np.rint((new - old).mean())) if louder else 0
    velocity = after.velocity.copy()
    velocity[pairs.new] = (old + by).clip(1, 127)
    return replace(after, velocity=velocity)
