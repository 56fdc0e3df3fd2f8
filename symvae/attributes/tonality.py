"""Tonality: the share of notes in a major scale.

A natural minor scale has the notes of its relative major, so "diatonic" covers both. On silence
both shares are 0, not 1: an empty phrase earns no credit for having no wrong notes.
"""

from symvae.attributes.attribute import attribute
from symvae.music.diatonic import C_MAJOR, MAJOR_SCALES
from symvae.music.phrase import Phrase


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
