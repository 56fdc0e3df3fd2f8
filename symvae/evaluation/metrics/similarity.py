"""Harmonic and rhythmic similarity of an output to the phrase it was made from.

The two fidelity metrics of Wu and Yang 2021 (MuseMorphose, arXiv 2105.04090), bar by bar:

    chroma   cosine similarity of the counts of onsets of each of the 12 pitch classes in the bar
    groove   cosine similarity of the counts of onsets at each sixteenth of the bar

averaged over bars. Both count onsets, every note of a chord; neither depends on durations, octaves or
velocities, and doubling all counts changes nothing.

Departures: values from 0 to 1 where the paper prints percent; 12 positions in bars of 3/4 and 6/8; and bars
without onsets, whose cosine is undefined, count 1 when both are empty and 0 when one is.

Neither is 0 for unrelated phrases: bars in one key share pitch classes, and most have an onset on the first
beat. Report beside them the same metrics for outputs paired with the wrong inputs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.errors import PhraseError
from symvae.music.phrase import Phrase


class Similarity(NamedTuple):
    """Similarity of each output to its input, from 0 to 1."""

    chroma: Float[np.ndarray, " phrase"]
    groove: Float[np.ndarray, " phrase"]


def similarity(inputs: Sequence[Phrase], outputs: Sequence[Phrase]) -> Similarity:
    """Both similarities of each input with the output at the same place."""
    pairs = list(zip(inputs, outputs, strict=True))
    return Similarity(
        chroma=np.array([chroma_similarity(a, b) for a, b in pairs], dtype=np.float64),
        groove=np.array([groove_similarity(a, b) for a, b in pairs], dtype=np.float64),
    )


def chroma_similarity(a: Phrase, b: Phrase) -> float:
    """Mean over bars of the cosine of pitch-class counts; `PhraseError` for different grids."""
    _check(a, b)
    return mean_cosine(bar_chroma(a), bar_chroma(b))


def groove_similarity(a: Phrase, b: Phrase) -> float:
    """Mean over bars of the cosine of onset counts; `PhraseError` for different grids."""
    _check(a, b)
    return mean_cosine(bar_groove(a), bar_groove(b))


def bar_chroma(phrase: Phrase) -> Float[np.ndarray, "bar pitch_class"]:
    """Number of onsets of each pitch class in each bar."""
    bar = phrase.onset_step // phrase.grid.steps_per_bar
    count = np.bincount(bar * 12 + phrase.pitch % 12, minlength=phrase.grid.bars * 12)
    return count.reshape(phrase.grid.bars, 12).astype(np.float64)


def bar_groove(phrase: Phrase) -> Float[np.ndarray, "bar position"]:
    """Number of onsets at each sixteenth of each bar."""
    count = np.bincount(phrase.onset_step, minlength=phrase.grid.num_steps)
    return count.reshape(phrase.grid.bars, phrase.grid.steps_per_bar).astype(np.float64)


def mean_cosine(a: Float[np.ndarray, "bar count"], b: Float[np.ndarray, "bar count"]) -> float:
    """Mean over bars of the cosine of counts: 1 where both bars are empty, 0 where one is."""
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    both_empty = ~a.any(axis=1) & ~b.any(axis=1)
    cosine = np.divide((a * b).sum(axis=1), lengths, out=np.zeros(len(a)), where=lengths > 0)
    return float(np.where(both_empty, 1.0, cosine).mean())


def _check(a: Phrase, b: Phrase) -> None:
    if a.grid != b.grid:
        raise PhraseError(
            f"{a.grid.bars} bars of {a.grid.metre} cannot be compared with {b.grid.bars} of {b.grid.metre}"
            " bar by bar. Give phrases on one grid."
        )
