"""Tonality: the share of notes in a major scale.

A natural minor scale has the notes of its relative major, so "diatonic" covers both. On silence
both shares are 0, not 1: an empty phrase earns no credit for having no wrong notes.
"""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase

C_MAJOR = np.isin(np.arange(12), [0, 2, 4, 5, 7, 9, 11])

#: A row for each tonic, a column for each pitch class.
MAJOR_SCALES = np.stack([np.roll(C_MAJOR, tonic) for tonic in range(12)])


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source='Roberts et al. 2018, arXiv 1803.05428: "C diatonic"',
)
def c_major_membership(phrase: Phrase) -> float:
    """Share of notes in C major, the white keys of a piano."""
    return float(C_MAJOR[phrase.pitch % 12].mean())


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="Mogren 2016, arXiv 1611.09904: scale consistency, over major scales",
)
def diatonic_share(phrase: Phrase) -> float:
    """Share of notes in the major scale that fits the phrase best."""
    return float(MAJOR_SCALES[:, phrase.pitch % 12].mean(axis=1).max())
