"""Memorization: music that occurs in the training set, in any key.

Whole windows are looked up by `occurs_in`. A phrase of sixteen bars hardly ever recurs as a whole, yet it can
be patched together from training music; `TrainingRuns` therefore looks up every run of four bars. A run is
compared as if the music began and ended with it: a note held over from before counts as silence. A run with
fewer than four onsets is too common to be evidence and never matches.

Windows are token ids; no network.
"""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int, UInt

from symvae.tokens.tokenizer import Tokenizer

RUN_BARS = 4
MIN_ONSETS = 4


def transposition_invariant(
    ids: UInt[np.ndarray, "window bar position"], tokenizer: Tokenizer
) -> Int[np.ndarray, "window step"]:
    """Flattened windows with pitches as intervals from the first one: equal for equal music in any key."""
    flat = ids.reshape(len(ids), math.prod(ids.shape[1:])).astype(np.int16)
    first_pitch, last_pitch = tokenizer.pitch_ids
    pitched = (flat >= first_pitch) & (flat <= last_pitch)
    first = np.take_along_axis(flat, pitched.argmax(axis=1)[:, None], axis=1)
    offset = np.int16(1000)  # far from all other ids, whatever the interval
    return np.where(pitched, flat - first + offset, flat)


def occurs_in(
    ids: UInt[np.ndarray, "window bar position"],
    training: UInt[np.ndarray, "other bar position"],
    tokenizer: Tokenizer,
) -> Bool[np.ndarray, " window"]:
    """Look up whole windows in the training set, in any key.

    Args:
        ids: Windows to look up.
        training: Training windows of the same size.
        tokenizer: The tokenizer of both.

    Returns:
        True for each window that occurs; False for all if ``training`` is empty.
    """
    known = {row.tobytes() for row in transposition_invariant(training, tokenizer)}
    rows = transposition_invariant(ids, tokenizer)
    return np.array([row.tobytes() in known for row in rows], dtype=bool)


class TrainingRuns:
    """Index of every run of four bars of the training windows, in any key."""

    def __init__(self, training: UInt[np.ndarray, "window bar position"], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._runs = {
            row.tobytes()
            for run in self._each(training)
            for row in transposition_invariant(run[self._is_distinct(run)], tokenizer)
        }

    def occur_in(self, ids: UInt[np.ndarray, "phrase bar position"]) -> Bool[np.ndarray, " phrase"]:
        """Look up each phrase: True if any of its runs occurs in the training set."""
        found = np.zeros(len(ids), bool)
        for run in self._each(ids):
            rows = np.flatnonzero(self._is_distinct(run) & ~found)
            found[rows] = [
                row.tobytes() in self._runs for row in transposition_invariant(run[rows], self._tokenizer)
            ]
        return found

    def _each(
        self, ids: UInt[np.ndarray, "phrase bar position"]
    ) -> Iterator[UInt[np.ndarray, "phrase run_bar position"]]:
        """The first run of all phrases, then the second, ..., each as a phrase of its own."""
        for first in range(ids.shape[1] - RUN_BARS + 1):
            yield self._tokenizer.cut_out(ids[:, first : first + RUN_BARS])

    def _is_distinct(self, run: UInt[np.ndarray, "phrase run_bar position"]) -> Bool[np.ndarray, " phrase"]:
        """True where the run has enough onsets to be evidence of memorization."""
        first, last = self._tokenizer.onset_ids
        return ((run >= first) & (run <= last)).sum(axis=(1, 2)) >= MIN_ONSETS
