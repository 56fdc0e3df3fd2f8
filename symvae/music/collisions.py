"""Collisions: a voice holds one note at a time, so a note ends at the latest where the next one starts.

The voice is a pitch of a part, since MIDI holds a pitch once, or the line of a melody. Notes that overlap in
the song itself stay as they are.
"""

import numpy as np
from jaxtyping import Bool, Int


def without_collisions(
    onset: Int[np.ndarray, " note"],
    end: Int[np.ndarray, " note"],
    voice: Int[np.ndarray, " note"],
    is_new: Bool[np.ndarray, " note"],
    new_end: Bool[np.ndarray, " note"],
) -> Int[np.ndarray, " note"]:
    """End notes where the next of their voice starts, if one of the two was edited.

    Args:
        onset: Start of each note, in ticks.
        end: End of each note.
        voice: Number of its voice; below 0: in none.
        is_new: Notes with a new start or pitch.
        new_end: Notes with a new end.

    Returns:
        The new ends.
    """
    end = end.copy()
    for each in np.unique(voice[(is_new | new_end) & (voice >= 0)]):
        rows = np.flatnonzero(voice == each)
        end[rows] = _ends(onset[rows], end[rows], is_new[rows], (is_new | new_end)[rows])
    return end


def _ends(
    onset: Int[np.ndarray, " note"],
    end: Int[np.ndarray, " note"],
    is_new: Bool[np.ndarray, " note"],
    edited: Bool[np.ndarray, " note"],
) -> Int[np.ndarray, " note"]:
    """End of each note of a voice: at most the next start, for notes of the song the next new start."""
    latest = np.iinfo(np.int64).max
    starts, new_starts = (np.append(np.sort(ticks), latest) for ticks in (onset, onset[is_new]))
    following, following_new = (s[np.searchsorted(s[:-1], onset, side="right")] for s in (starts, new_starts))
    return np.minimum(end, np.where(edited, following, following_new))
