"""Held notes: notes that sound on over given lines, such as bar lines or the ends of a model's windows.

A model that reads and writes windows cuts them; a song has them at nearly every bar line.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.evaluation.metrics.kept_notes import kept
from symvae.evaluation.metrics.song_notes import SongNotes


class HeldNotes(NamedTuple):
    """Notes held over lines, before and after an edit."""

    lines: int
    """Number of lines."""
    before: int
    """Notes of the source held over them; a note over two lines counts twice."""
    after: int
    kept: int
    """Notes of those before that are there, and held over the same line, after."""


def held_over(notes: SongNotes, line_step: Int[np.ndarray, " line"]) -> Bool[np.ndarray, "line note"]:
    """Mark the notes that sound before and after each line.

    Args:
        notes: Notes of a song.
        line_step: The lines, in steps.

    Returns:
        True where a note starts before a line and ends after it.
    """
    line = line_step[:, None]
    return (notes.onset_step < line) & (line < notes.end_step)


def held_notes(
    before: SongNotes, after: SongNotes, line_step: Int[np.ndarray, " line"], transposition: int = 0
) -> HeldNotes:
    """Compare the notes held over lines before and after an edit.

    Args:
        before: Notes of the song.
        after: Notes of the edited song.
        line_step: The lines, in steps.
        transposition: Semitones by which the edited song is higher.

    Returns:
        Numbers of notes.
    """
    old, new = held_over(before, line_step), held_over(after, line_step)
    num_old, num_new = int(np.count_nonzero(old)), int(np.count_nonzero(new))
    num_kept = sum(
        np.count_nonzero(kept(before.select(was), after.select(now), transposition))
        for was, now in zip(old, new, strict=True)
    )
    return HeldNotes(len(line_step), num_old, num_new, int(num_kept))
