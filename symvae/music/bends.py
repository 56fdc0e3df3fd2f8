"""Pitch bends of notes that are gone: reset to 0, while notes that stay keep theirs.

A bend belongs to the notes of its part that sound with it, in silence to the next one. This module knows
ticks, and not why notes are gone.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.tempo_map import inside


class Bends(NamedTuple):
    """Pitch bends after a reset."""

    bends: Int[np.ndarray, "bend 2"]
    """Tick and value of each."""
    num_reset: int
    """Bends that were removed, those to 0 not counted."""


def without_bends_of(
    bends: Int[np.ndarray, "bend 2"],
    onset: Int[np.ndarray, " note"],
    end: Int[np.ndarray, " note"],
    gone: Bool[np.ndarray, " note"],
) -> Bends:
    """Reset the pitch bends that belong to notes that are gone.

    Args:
        bends: Tick and value of each pitch bend of a part, in time order.
        onset: Start of each note of the part.
        end: End of each note.
        gone: Notes that are gone.

    Returns:
        The bends with 0 where only such notes sounded, and the bend that holds again after them.
    """
    if not len(bends) or not gone.any():
        return Bends(bends, 0)
    starts, ends = _spans(onset, end, gone)
    tick, value = bends.T
    under = inside(tick, starts, ends)
    held = np.concatenate([[0], value])
    before = held[np.searchsorted(tick, starts, side="left")]
    resumed = held[np.searchsorted(tick, ends, side="right")]
    center = np.stack([starts, np.zeros_like(starts)], axis=1)[before != 0]
    after = np.stack([ends, resumed], axis=1)[(resumed != 0) & ~np.isin(ends, tick)]
    changed = np.concatenate([bends[~under], center, after])
    changed = changed[np.argsort(changed[:, 0], kind="stable")]
    return Bends(changed, int(np.count_nonzero(value[under])))


def _spans(
    onset: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"], gone: Bool[np.ndarray, " note"]
) -> tuple[Int[np.ndarray, " span"], Int[np.ndarray, " span"]]:
    """Start and end of each stretch in which no note sounds, or is the next, but those that are gone."""
    lines = np.unique(np.concatenate([[0], onset, end]))
    sounding, staying = (_sounding(lines, onset[which], end[which]) for which in (onset >= 0, ~gone))
    # In silence the next note decides.
    decides = np.minimum.accumulate(np.where(sounding > 0, np.arange(len(lines)), len(lines))[::-1])[::-1]
    empty = np.append(staying == 0, False)[decides] & (decides < len(lines))
    edges = np.diff(np.concatenate([[0], empty.astype(int), [0]]))
    return lines[edges[:-1] == 1], lines[np.flatnonzero(edges == -1)]


def _sounding(
    lines: Int[np.ndarray, " line"], onset: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"]
) -> Int[np.ndarray, " line"]:
    """Number of notes that sound right after each line."""
    started = np.searchsorted(np.sort(onset), lines, side="right")
    return started - np.searchsorted(np.sort(end), lines, side="right")
