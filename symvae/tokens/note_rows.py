"""Notes in rows of tokens: three ids each, Pitch Velocity Duration, in rows that PAD fills up."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, Integer

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

PAD = 0


class NoteIds(NamedTuple):
    """First id of each kind of token that a note has, in order, and the id after the last of them."""

    pitch: int
    velocity: int
    duration: int
    end: int


@dataclass(frozen=True)
class Notes:
    """Decoded notes, one row each, in the order of their tokens."""

    onset_step: Int64[np.ndarray, " note"]
    duration_step: Int64[np.ndarray, " note"]
    pitch: Int64[np.ndarray, " note"]
    velocity_class: Int64[np.ndarray, " note"]


def read_notes(
    ids: Int64[np.ndarray, "bar position"],
    steps: Int64[np.ndarray, "bar position"],
    *,
    kinds: NoteIds,
    lowest: int,
    steps_per_bar: int,
) -> Notes:
    """Decode each Pitch that a Velocity and a Duration follow, before the first PAD of its bar.

    Args:
        ids: Token ids.
        steps: Step of the bar that each place of a row belongs to; notes beyond the bar are skipped.
        kinds: Ids of the tokens of a note.
        lowest: MIDI pitch of the first Pitch.
        steps_per_bar: Steps of a bar.

    Returns:
        The notes, as the tokens name them.
    """
    alive = ~np.logical_or.accumulate(ids == PAD, axis=1) & (steps < steps_per_bar)
    starts = alive[:, 2:] & among(ids[:, :-2], kinds.pitch, kinds.velocity)
    starts &= among(ids[:, 1:-1], kinds.velocity, kinds.duration)
    starts &= among(ids[:, 2:], kinds.duration, kinds.end)
    bar, place = np.nonzero(starts)
    return Notes(
        bar * steps_per_bar + steps[bar, place],
        ids[bar, place + 2] - kinds.duration + 1,
        ids[bar, place] - kinds.pitch + lowest,
        ids[bar, place + 1] - kinds.velocity,
    )


def phrase_of_notes(
    notes: Notes, grid: Grid, velocities: Int64[np.ndarray, " class"], tempo_qpm: float
) -> Phrase:
    """Make a phrase of decoded notes; of notes of one pitch that start together, the longest is kept.

    Args:
        notes: The notes; durations are cut at the end of the grid.
        grid: Grid of the phrase.
        velocities: MIDI velocity of each class.
        tempo_qpm: Tempo in quarter notes a minute.

    Returns:
        The phrase.
    """
    duration = np.minimum(notes.duration_step, grid.num_steps - notes.onset_step)
    kept = distinct(notes.onset_step, duration, notes.pitch)
    return Phrase(
        grid,
        notes.onset_step[kept],
        duration[kept],
        notes.pitch[kept],
        velocities[notes.velocity_class[kept]],
        tempo_qpm,
    )


def distinct(
    onset_step: Int64[np.ndarray, " note"],
    duration_step: Int64[np.ndarray, " note"],
    pitch: Int64[np.ndarray, " note"],
) -> Int64[np.ndarray, " kept"]:
    """Find the longest note of each pitch and onset.

    Args:
        onset_step: Start of each note, in steps.
        duration_step: Length of each note, in steps.
        pitch: Pitch of each note.

    Returns:
        Rows of these notes, ordered by onset, then pitch.
    """
    longest = np.lexsort((-duration_step, pitch, onset_step))
    starts = np.stack([onset_step, pitch], axis=1)[longest]
    first = np.ones(len(longest), bool)
    first[1:] = (starts[1:] != starts[:-1]).any(axis=1)
    return longest[first]


def among(ids: Integer[np.ndarray, "*any"], first: int, end: int) -> Bool[np.ndarray, "*any"]:
    """Mask of the ids from ``first`` to before ``end``.

    Args:
        ids: Token ids.
        first: The first id.
        end: The id after the last.

    Returns:
        True for the ids between.
    """
    return (ids >= first) & (ids < end)
