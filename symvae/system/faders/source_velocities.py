"""Velocities of the source on the notes of an edit, for models whose z holds none."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symvae.music.phrase import Phrase


def with_velocities_of(phrases: Sequence[Phrase], sources: Sequence[Phrase]) -> list[Phrase]:
    """Give each note the velocity of the source's note nearest in time; a silent source changes none."""
    result = []
    for phrase, source in zip(phrases, sources, strict=True):
        if len(source):
            distance = np.abs(phrase.onset_step[:, None] - source.onset_step)
            velocity = source.velocity[distance.argmin(axis=1)]
            phrase = replace(phrase, velocity=velocity)
        result.append(phrase)
    return result
