"""Memorization: music that occurs in the training set, in any key.

Whole windows are compared by `occurs_in`. A whole phrase of sixteen bars hardly ever recurs, yet it can be
patched together from training music; `TrainingRuns` therefore looks up every run of four bars. A run is
compared as if the music began and ended with it: a note held over from before counts as silence, and a
note-off in silence counts as a hold. A run with fewer than four onsets is too common to be evidence and never
matches.

Windows are ids of a grid tokenizer, one id a time step; no network.
"""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Int, UInt8

from symvae.tokens.melody_grid import HOLD

RUN_BARS = 4
MIN_ONSETS = 4


def transposition_invariant(
    ids: UInt8[np.ndarray, "window bar position"], pitch_ids: tuple[int, int]
) -> Int[np.ndarray, "window step"]:
    """Windows with each pitch as an interval from the first one: equal for equal music in any key.

    Args:
        ids: Windows of token ids.
        pitch_ids: First and last of the ids that are pitches.

    Returns:
        The flattened windows; pitch ids are replaced by 1000 plus the interval in semitones.
    """
    flat = ids.reshape(len(ids), math.prod(ids.shape[1:])).astype(np.int16)
    pitched = (flat >= pitch_ids[0]) & (flat <= pitch_ids[1])
    first = np.take_along_axis(flat, pitched.argmax(axis=1)[:, None], axis=1)
    fixed = np.int16(1000)  # far from all other ids, whatever the interval
    return np.where(pitched, flat - first + fixed, flat)


def occurs_in(
    ids: UInt8[np.ndarray, "window bar position"],
    training: UInt8[np.ndarray, "other bar position"],
    pitch_ids: tuple[int, int],
) -> Bool[np.ndarray, " window"]:
    """Look up whole windows in the training set, in any key.

    Args:
        ids: Windows to look up.
        training: Training windows of the same size.
        pitch_ids: First and last of the ids that are pitches.

    Returns:
        True for each window that occurs; False everywhere if ``training`` is empty.
    """
    known = {row.tobytes() for row in transposition_invariant(training, pitch_ids)}
    rows = transposition_invariant(ids, pitch_ids)
    return np.array([row.tobytes() in known for row in rows], dtype=bool)


class TrainingRuns:
    """Index of every run of four bars of the training windows, in any key.

    Args:
        training: Training windows.
        pitch_ids: First and last of the ids that are pitches, each of which starts a note.
    """

    def __init__(
        self, training: UInt8[np.ndarray, "window bar position"], pitch_ids: tuple[int, int]
    ) -> None:
        self._pitch_ids = pitch_ids
        self._runs = {
            row.tobytes()
            for run in self._each(training)
            for row in transposition_invariant(run[self._is_distinct(run)], pitch_ids)
        }

    def occur_in(self, ids: UInt8[np.ndarray, "phrase bar position"]) -> Bool[np.ndarray, " phrase"]:
        """Look up each phrase: True if any of its runs occurs in the training set."""
        found = np.zeros(len(ids), bool)
        for run in self._each(ids):
            rows = np.flatnonzero(self._is_distinct(run) & ~found)
            found[rows] = [
                row.tobytes() in self._runs for row in transposition_invariant(run[rows], self._pitch_ids)
            ]
        return found

    def _each(
        self, ids: UInt8[np.ndarray, "phrase bar position"]
    ) -> Iterator[UInt8[np.ndarray, "phrase run_bar position"]]:
        """The first run of all phrases, then the second, ..."""
        for first in range(ids.shape[1] - RUN_BARS + 1):
            yield self._isolated(ids[:, first : first + RUN_BARS])

    def _isolated(
        self, ids: UInt8[np.ndarray, "phrase run_bar position"]
    ) -> UInt8[np.ndarray, "phrase run_bar position"]:
        """Replace every note-off that ends no note of the run by a hold."""
        flat = ids.reshape(len(ids), -1)
        steps = np.arange(flat.shape[1])
        event = np.maximum.accumulate(np.where(flat != HOLD, steps, 0), axis=1)
        before = np.take_along_axis(flat, np.roll(event, 1, axis=1), axis=1)
        before[:, 0] = HOLD
        kept = (flat >= self._pitch_ids[0]) | (before >= self._pitch_ids[0])
        return np.where(kept, flat, HOLD).astype(np.uint8).reshape(ids.shape)

    def _is_distinct(
        self, run: UInt8[np.ndarray, "phrase run_bar position"]
    ) -> Bool[np.ndarray, " phrase"]:
        """True where the run has enough onsets to be evidence of memorization."""
        return (run >= self._pitch_ids[0]).sum(axis=(1, 2)) >= MIN_ONSETS
