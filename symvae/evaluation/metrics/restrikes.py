"""Re-strikes: notes whose pitch sounds up to their onset.

A model that is asked for more notes finds them most easily in the notes that sound: a held chord becomes the
same chord again and again. Real music repeats pitches, too, so compare the share with that of the source.
"""

import numpy as np
from jaxtyping import Bool

from symvae.evaluation.metrics.song_notes import SongNotes


def restruck(notes: SongNotes) -> Bool[np.ndarray, " note"]:
    """Mark notes whose pitch sounds until they start.

    Args:
        notes: Notes of a song.

    Returns:
        True for each note whose pitch started earlier, in any track, and ends where it starts, or later.
    """
    order = np.lexsort((notes.onset_step, notes.pitch))
    onset, end, pitch, _ = (column[order] for column in notes.columns)
    mask = np.zeros(len(notes), bool)
    mask[order[1:]] = (pitch[1:] == pitch[:-1]) & (onset[1:] > onset[:-1]) & (onset[1:] <= end[:-1])
    return mask
