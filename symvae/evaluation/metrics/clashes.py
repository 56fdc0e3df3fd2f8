"""Clashes: notes that start a semitone or a minor ninth from a note that sounds.

These are the intervals that a listener takes for a wrong note, where a composer did not mean them. Real
harmony has some (the seventh of a major chord against its root above), so compare the share with that of the
source.
"""

import numpy as np
from jaxtyping import Bool

from symvae.evaluation.metrics.song_notes import SongNotes

CLASHES = (1, 13)


def clashing(notes: SongNotes) -> Bool[np.ndarray, " note"]:
    """Mark notes at whose onset another one sounds a semitone or a minor ninth away.

    Args:
        notes: Notes of a song, of all tracks that sound together.

    Returns:
        True for each note that starts into a clash.
    """
    margin = max(CLASHES)
    sounds = np.zeros((int(notes.end_step.max(initial=0)) + 1, 128 + 2 * margin), bool)
    for onset, end, pitch in zip(*(column.tolist() for column in notes.columns[:3]), strict=True):
        sounds[onset:end, pitch + margin] = True
    at = notes.pitch + margin
    beside = [sounds[notes.onset_step, at + way * interval] for interval in CLASHES for way in (-1, 1)]
    return np.any(beside, axis=0)
