"""Repeated bars: how alike bars are that were alike in the source.

Verses and choruses repeat their bars, and an accompaniment has one pattern for many. An edit that treats
equal bars in different ways loses this. Two bars are alike by the F1 score of their notes, which are equal if
step in the bar and pitch are equal; their rhythms are alike by the F1 score of their distinct onsets.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.evaluation.metrics.song_notes import SongNotes

#: F1 score from which two bars of the source count as a repetition.
ALIKE = 0.8
#: Fewest notes of such a bar.
FEWEST_NOTES = 3


class RepeatedBars(NamedTuple):
    """Mean F1 over pairs of bars that are alike in the source, from 0 to 1; 1 where there are none."""

    pairs: int
    before: float
    after: float
    rhythm_before: float
    rhythm_after: float


def repeated_bars(before: SongNotes, after: SongNotes) -> RepeatedBars:
    """Compare repeated bars before and after an edit.

    Args:
        before: Notes of the song.
        after: Notes of the edited song, with the same bar lines.

    Returns:
        Number of pairs, and how alike they are before and after, in notes and in onsets.
    """
    bars = len(before.line_step)
    tables = [_bar_table(notes, bars, pitches=True) for notes in (before, after)]
    rhythms = [_bar_table(notes, bars, pitches=False) for notes in (before, after)]
    old = _likeness(tables[0])
    full = tables[0].sum(axis=1) >= FEWEST_NOTES
    pairs = np.nonzero(np.triu((old >= ALIKE) & full & full[:, None], 1))
    if not len(pairs[0]):
        return RepeatedBars(0, 1.0, 1.0, 1.0, 1.0)
    likeness = [float(_likeness(table)[pairs].mean()) for table in (*tables, *rhythms)]
    return RepeatedBars(len(pairs[0]), *likeness)


def _bar_table(notes: SongNotes, bars: int, *, pitches: bool) -> Bool[np.ndarray, "bar place"]:
    """True where a bar has a note (or, without pitches, an onset) at a place."""
    inside = (notes.bar >= 0) & (notes.bar < bars)
    bar, pitch = notes.bar[inside], notes.pitch[inside]
    step = notes.onset_step[inside] - notes.line_step[bar]
    places = step * 128 + pitch if pitches else step
    used, column = np.unique(places, return_inverse=True)
    table = np.zeros((bars, len(used)), bool)
    table[bar, column] = True
    return table


def _likeness(table: Bool[np.ndarray, "bar place"]) -> Float[np.ndarray, "bar bar"]:
    """F1 score of each pair of bars; 0 for two silent ones."""
    common = table.astype(np.float32) @ table.T.astype(np.float32)
    count: Int[np.ndarray, " bar"] = table.sum(axis=1)
    return 2 * common / np.maximum(count + count[:, None], 1)
