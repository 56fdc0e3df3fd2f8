"""Pitches: register, range, entropy. Every note counts once, regardless of its duration."""

from math import log2

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase

MIDDLE_C = 60.0


@attribute(unit="MIDI pitch", bounds=(0.0, 127.0), on_silence=MIDDLE_C, source="symvae")
def register(phrase: Phrase) -> float:
    """Mean pitch; middle C for silence."""
    return float(phrase.pitch.mean())


@attribute(
    unit="semitones", bounds=(0.0, 127.0), on_silence=0.0, source="Yang and Lerch 2020, mgeval: pitch range"
)
def pitch_range(phrase: Phrase) -> float:
    """Interval from the lowest note to the highest."""
    return float(phrase.pitch.max() - phrase.pitch.min())


@attribute(
    unit="bits",
    bounds=(0.0, log2(12)),
    on_silence=0.0,
    source="Wu and Yang 2020, arXiv 2008.01307: pitch-class histogram entropy, over the whole phrase",
)
def pitch_class_entropy(phrase: Phrase) -> float:
    """Entropy of the pitch-class histogram: 0 for a single class, log2 12 for a uniform one."""
    count = np.bincount(phrase.pitch % 12)
    share = count[count > 0] / len(phrase)
    return float(-(share * np.log2(share)).sum()) + 0.0  # + 0.0, for a single class gives -0.0
