"""Kept notes: the share of a song's notes that an edit leaves where they are.

A note is kept if the edited song has its pitch at its step, in the same track. Duration and velocity do not
count. Where a whole song is meant to move, as by a fader of register, the share is also counted after the one
transposition that keeps most notes.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.evaluation.metrics.song_notes import SongNotes

#: Farthest common transposition, in semitones: three octaves.
FARTHEST = 36


class KeptNotes(NamedTuple):
    """Share of notes kept, from 0 to 1; 1 where there are none."""

    all: float
    melody: float
    bass: float


def kept(before: SongNotes, after: SongNotes, transposition: int = 0) -> Bool[np.ndarray, " note"]:
    """Mark the notes of a song that its edited version has.

    Args:
        before: Notes of the song.
        after: Notes of the edited song.
        transposition: Semitones by which the edited song is higher.

    Returns:
        True for each note of ``before`` whose pitch starts at its step, in its track.
    """
    return np.isin(_places(before, transposition), _places(after))


def kept_notes(
    before: SongNotes,
    after: SongNotes,
    melody: Bool[np.ndarray, " note"],
    bass: Bool[np.ndarray, " note"],
    transposition: int = 0,
) -> KeptNotes:
    """Count the notes kept.

    Args:
        before: Notes of the song.
        after: Notes of the edited song.
        melody: Notes of ``before`` that are its melody.
        bass: Notes of ``before`` that are its bass.
        transposition: Semitones by which the edited song is higher.

    Returns:
        The shares.
    """
    found = kept(before, after, transposition)
    return KeptNotes(
        *(float(found[which].mean()) if which.any() else 1.0 for which in (found >= 0, melody, bass))
    )


def common_transposition(before: SongNotes, after: SongNotes) -> int:
    """Find the transposition of a whole song that keeps most notes; the smallest among equals.

    Args:
        before: Notes of the song.
        after: Notes of the edited song.

    Returns:
        Semitones, at most three octaves either way.
    """
    shifts = sorted(range(-FARTHEST, FARTHEST + 1), key=abs)
    counts = [np.count_nonzero(kept(before, after, shift)) for shift in shifts]
    return shifts[int(np.argmax(counts))]


def _places(notes: SongNotes, transposition: int = 0) -> Int[np.ndarray, " note"]:
    """Track, onset and pitch of each note as one number; pitches beyond MIDI's meet no other."""
    wide = 128 + 2 * FARTHEST
    return (notes.part * 2**32 + notes.onset_step) * wide + notes.pitch + transposition + FARTHEST
