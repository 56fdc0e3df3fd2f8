"""Notes in seconds, the input of every synthesizer."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.music.phrase import Phrase


class Notes(NamedTuple):
    """Columns of notes, in any order; times count from the start of the sound."""

    onset_sec: Float[np.ndarray, " note"]
    duration_sec: Float[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]

    @property
    def end_sec(self) -> Float[np.ndarray, " note"]:
        """Release of each key."""
        return self.onset_sec + self.duration_sec

    @property
    def last_sec(self) -> float:
        """Last release of a key; 0 without notes."""
        return float(self.end_sec.max(initial=0.0))

    def select(self, rows: np.ndarray | slice) -> "Notes":
        """Select notes by a mask, indices or a slice."""
        return Notes(*(column[rows] for column in self))


def notes_of(phrases: Phrase | Sequence[Phrase]) -> tuple[Notes, float]:
    """Convert consecutive phrases, each at its own tempo, to notes and the total duration in seconds."""
    phrases = [phrases] if isinstance(phrases, Phrase) else list(phrases)
    starts_sec = np.cumsum([0.0] + [phrase.duration_sec for phrase in phrases])
    columns = [
        (start + phrase.onset_step * phrase.step_sec, phrase.duration_step * phrase.step_sec)
        for start, phrase in zip(starts_sec, phrases, strict=False)
    ]
    return (
        Notes(
            np.concatenate([np.zeros(0), *(onset for onset, _ in columns)]),
            np.concatenate([np.zeros(0), *(duration for _, duration in columns)]),
            np.concatenate([np.zeros(0, np.int64), *(phrase.pitch for phrase in phrases)]),
            np.concatenate([np.zeros(0, np.int64), *(phrase.velocity for phrase in phrases)]),
        ),
        float(starts_sec[-1]),
    )
