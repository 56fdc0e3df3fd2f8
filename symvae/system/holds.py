"""Rhythm or pitches of one melody held while the other is that of another.

Both work position by position on the melody grid: a sequence that takes one beat from one melody and the
next from another holds the same as these melodies do.
"""

import numpy as np
from jaxtyping import Bool, Integer

#: What a morph can hold.
HELD = ("rhythm", "pitch")


def hold(
    rows: Integer[np.ndarray, "row bar position"],
    reference: Integer[np.ndarray, "bar position"],
    kept: str,
    onset_ids: tuple[int, int],
) -> Integer[np.ndarray, "row bar position"]:
    """Give melodies the rhythm or the pitches of a reference.

    Args:
        rows: Token ids of the melodies.
        reference: Token ids of the melody whose rhythm or pitches are kept.
        kept: "rhythm": each onset of the reference takes the pitch that sounds there in the row; "pitch":
            each onset of the row takes the pitch that sounds there in the reference. Before the first note
            the first pitch counts.
        onset_ids: First and last id that start a note.

    Returns:
        Token ids, a row each; a melody without notes leaves nothing to take, so that the reference stays
        (rhythm) or the row (pitch).
    """
    shape, flat = rows.shape, rows.reshape(len(rows), -1)
    whole = np.broadcast_to(reference.reshape(1, -1), flat.shape)
    rhythm, pitches = (whole, flat) if kept == "rhythm" else (flat, whole)
    first, last = onset_ids
    sounding = _sounding(pitches, (pitches >= first) & (pitches <= last))
    onset = np.logical_and.reduce([rhythm >= first, rhythm <= last, sounding >= 0])
    return np.where(onset, sounding, rhythm).reshape(shape)


def _sounding(
    rows: Integer[np.ndarray, "row step"], onset: Bool[np.ndarray, "row step"]
) -> Integer[np.ndarray, "row step"]:
    """The id of the last onset at each step, the first one before it; -1 in rows without."""
    steps = np.arange(rows.shape[1])
    latest = np.maximum.accumulate(np.where(onset, steps, -1), axis=1)
    latest = np.where(latest < 0, onset.argmax(axis=1)[:, None], latest)
    ids = np.take_along_axis(rows.astype(np.int64), latest, axis=1)
    return np.where(onset.any(axis=1, keepdims=True), ids, -1)
