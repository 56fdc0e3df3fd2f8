"""Does a phrase say four bars in a row that stand in train? What a long phrase may have by heart.

A whole phrase of sixteen bars is hardly ever found again, and may still be patched together from
training music. So every run of four bars is looked for, in any key. A run is spelled as if the music
began and ended with it: what sounds on from before is silence, a note-off in silence is nothing. A run
in which fewer than four notes start is too plain to be known again and does not count.

This module knows ids, and no network.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int, UInt8

from symvae.evaluation.held_out import without_key
from symvae.tokens.tokenizer import Tokenizer

RUN_BARS = 4
FEWEST_NOTES = 4


class KnownRuns:
    """Every run of four bars of the training windows, in no key."""

    def __init__(self, training: UInt8[np.ndarray, "window bar position"], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known = {row.tobytes() for run in self._runs(training) for row in self._keyless(run)}

    def stand_in(self, ids: UInt8[np.ndarray, "phrase bar position"]) -> Bool[np.ndarray, " phrase"]:
        """Whether any run of each phrase stands in train."""
        found = np.zeros(len(ids), bool)
        for run in self._runs(ids):
            rows = np.flatnonzero(self._says_something(run) & ~found)
            found[rows] = [row.tobytes() in self._known for row in without_key(run[rows], self._tokenizer)]
        return found

    def _runs(
        self, ids: UInt8[np.ndarray, "phrase bar position"]
    ) -> Iterator[UInt8[np.ndarray, "phrase run_bar position"]]:
        """The first run of each phrase, then the second, ..., each as a phrase of its own."""
        for first in range(ids.shape[1] - RUN_BARS + 1):
            yield self._tokenizer.cut_out(ids[:, first : first + RUN_BARS])

    def _keyless(
        self, run: UInt8[np.ndarray, "phrase run_bar position"]
    ) -> Int[np.ndarray, "dense_phrase step"]:
        return without_key(run[self._says_something(run)], self._tokenizer)

    def _says_something(
        self, run: UInt8[np.ndarray, "phrase run_bar position"]
    ) -> Bool[np.ndarray, " phrase"]:
        """Whether enough notes start in the run."""
        first, last = self._tokenizer.onset_ids
        return ((run >= first) & (run <= last)).sum(axis=(1, 2)) >= FEWEST_NOTES
