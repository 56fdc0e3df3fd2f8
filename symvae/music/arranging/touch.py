"""Touch: how long and how loud the notes of a phrase are, without a change of onsets and pitches."""

from dataclasses import replace

import numpy as np

from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase


def with_articulation(phrase: Phrase, longer: float) -> Phrase:
    """Play a phrase more legato or more staccato.

    A note lasts at most until the next onset, unless it did before, and a step less where its pitch is
    repeated there. So no two notes sound together that did not before.

    Args:
        phrase: The phrase.
        longer: Above 0, the share of each rest before the next onset that its note fills; below 0, the share
            of each note that is cut off. From -1 to 1.

    Returns:
        The phrase with other lengths.
    """
    if not len(phrase) or not longer:
        return phrase
    onset, length, per_bar = phrase.onset_step, phrase.duration_step, phrase.grid.steps_per_bar
    if longer < 0:
        shorter = np.maximum(1, np.rint(length * (1 + longer))).astype(np.int64)
        return replace(phrase, duration_step=shorter)
    starts = np.append(np.unique(onset), (onset[-1] // per_bar + 1) * per_bar)
    following = starts[np.searchsorted(starts, onset, side="right")]
    struck = set(zip(onset.tolist(), phrase.pitch.tolist(), strict=True))
    again = np.array([pair in struck for pair in zip(following.tolist(), phrase.pitch.tolist(), strict=True)])
    room = np.maximum(following - again - onset - length, 0)
    return replace(phrase, duration_step=length + np.rint(longer * room).astype(np.int64))


def with_loudness(phrase: Phrase, louder: float, accent: float = 0.0) -> Phrase:
    """Play a phrase louder or softer, with more or less accents.

    Args:
        phrase: The phrase.
        louder: Change of the mean velocity.
        accent: Difference of velocity between two neighboring metrical levels that is added; the mean stays.

    Returns:
        The phrase with other velocities, 1 to 127.
    """
    if not len(phrase):
        return phrase
    weight = metrical_weight(phrase.grid)[phrase.onset_step % phrase.grid.steps_per_bar]
    change = louder + accent * (weight - weight.mean())
    return replace(phrase, velocity=np.rint(phrase.velocity + change).clip(1, 127).astype(np.int64))
