"""Diatonic scales: seven pitch classes each; a major key and its relative minor share one."""

import numpy as np
from jaxtyping import Bool

from symvae.music.phrase import Phrase

C_MAJOR = np.isin(np.arange(12), [0, 2, 4, 5, 7, 9, 11])
#: A row for each major tonic, a column for each pitch class.
MAJOR_SCALES = np.stack([np.roll(C_MAJOR, tonic) for tonic in range(12)])


def scale_of(phrase: Phrase) -> Bool[np.ndarray, "12"]:
    """Find the diatonic scale in which the notes of a phrase sound longest."""
    weight = np.bincount(phrase.pitch % 12, weights=phrase.duration_step, minlength=12)
    return MAJOR_SCALES[int((MAJOR_SCALES @ weight).argmax())]
