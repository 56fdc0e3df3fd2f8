"""Melodic intervals. Meant for melodies: the notes of a chord follow each other from bottom to top."""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(
    unit="semitones",
    bounds=(0.0, 127.0),
    on_silence=0.0,
    source="Roberts et al. 2018, arXiv 1803.05428: average absolute interval between consecutive notes",
)
def mean_interval(phrase: Phrase) -> float:
    """Mean absolute interval from a note to the next; 0 for a single note."""
    return float(np.abs(np.diff(phrase.pitch)).mean()) if len(phrase) > 1 else 0.0
