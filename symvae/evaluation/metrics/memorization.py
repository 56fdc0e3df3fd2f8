"""Does a phrase say four bars in a row that stand in train? What a long phrase may have by heart.

A whole phrase of sixteen bars is hardly ever found again, and may still be patched together from
training music. So every run of four bars is looked for, in any key. A run is spelled as if the music
began and ended with it: what sounds on from before is silence, a note-off in silence is nothing. A run
in which fewer than four notes start is too plain to be known again and does not count.

This module knows ids, and no network.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, UInt8

from symvae.evaluation.held_out import without_key
from symvae.tokens.melody_grid import FIRST_NOTE_ON, HOLD

RUN_BARS = 4
FEWEST_NOTES = 4


class KnownRuns:
    """Every run of four bars of the training windows, in no key."""

    def __init__(self, training: UInt8[np.ndarray, "window bar position"]) -> None:
        self._known = {
            row.tobytes() for run in _runs(training) for row in without_key(run[_says_something(run)])
        }

    def stand_in(self, ids: UInt8[np.ndarray, "phrase bar position"]) -> Bool[np.ndarray, " phrase"]:
        """Whether any run of each phrase stands in train."""
        found = np.zeros(len(ids), bool)
        for run in _runs(ids):
            rows = np.flatnonzero(_says_something(run) & ~found)
            found[rows] = [row.tobytes() in self._known for row in without_key(run[rows])]
        return found


def _runs(
    ids: UInt8[np.ndarray, "phrase bar position"],
) -> Iterator[UInt8[np.ndarray, "phrase run_bar position"]]:
    """The first run of each phrase, then the second, ..."""
    for first in range(ids.shape[1] - RUN_BARS + 1):
        yield _as_if_alone(ids[:, first : first + RUN_BARS])


def _as_if_alone(
    ids: UInt8[np.ndarray, "phrase run_bar position"],
) -> UInt8[np.ndarray, "phrase run_bar position"]:
    """A note-off that ends no note of the run becomes a hold: a note from before it, or none, ended there."""
    flat = ids.reshape(len(ids), -1)
    steps = np.arange(flat.shape[1])
    event = np.maximum.accumulate(np.where(flat != HOLD, steps, 0), axis=1)
    before = np.take_along_axis(flat, np.roll(event, 1, axis=1), axis=1)
    before[:, 0] = HOLD
    kept = (flat >= FIRST_NOTE_ON) | (before >= FIRST_NOTE_ON)
    return np.where(kept, flat, HOLD).astype(np.uint8).reshape(ids.shape)


def _says_something(
    run: UInt8[np.ndarray, "phrase run_bar position"],
) -> Bool[np.ndarray, " phrase"]:
    """Whether enough notes start in the run."""
    return (run >= FIRST_NOTE_ON).sum(axis=(1, 2)) >= FEWEST_NOTES
