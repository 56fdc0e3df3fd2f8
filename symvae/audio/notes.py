"""Notes in seconds: all that a synthesizer has to know of music."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.music.phrase import Phrase


class Notes(NamedTuple):
    """One row a note, in any order; times from the start of the sound."""

    onset_sec: Float[np.ndarray, " note"]
    duration_sec: Float[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]

    @property
    def end_sec(self) -> Float[np.ndarray, " note"]:
        """When each key is let go."""
        return self.onset_sec + self.duration_sec

    @property
    def last_sec(self) -> float:
        """When the last key is let go; 0 without notes."""
        return float(self.end_sec.max(initial=0.0))

    def select(self, rows: np.ndarray | slice) -> "Notes":
        """The notes of these rows (a mask, indices or a slice)."""
        return Notes(*(column[rows] for column in self))


def notes_of(phrases: Phrase | Sequence[Phrase]) -> tuple[Notes, float]:
    """The notes of phrases that follow each other, each at its own tempo, and how long the grids last."""
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
