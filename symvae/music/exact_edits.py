"""Exact edits: other loudness, lengths or pitches of notes, by which nothing else of them changes.

Each function takes arrays, one row a note, and returns the one array that is new: number, order and onsets of
notes stay by construction. Times may be ticks or steps. This module knows no grid, no tracks and no models.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

#: Lowest and highest velocity of a sounding note.
VELOCITIES = (1, 127)


def louder(velocity: Int[np.ndarray, " note"], by: int) -> Int[np.ndarray, " note"]:
    """Shift all velocities by one amount, so that curves and accents stay; the ends of MIDI's range clip."""
    return (velocity + by).clip(*VELOCITIES)


def scaled_lengths(
    onset: Int[np.ndarray, " note"],
    end: Int[np.ndarray, " note"],
    room: Int[np.ndarray, " note"],
    times: float,
    least: int,
) -> Int[np.ndarray, " note"]:
    """Multiply the lengths of notes.

    A longer note grows at most to its limit in ``room``; one that is there already stays. So no note comes to
    overlap another that it did not overlap before.

    Args:
        onset: Start of each note.
        end: End of each note.
        room: Latest end of each note that grows (`room_to_grow`).
        times: New length over old length.
        least: Length below which no note is shortened.

    Returns:
        The new end of each note.
    """
    wanted = onset + np.rint((end - onset) * times).astype(np.int64)
    if times > 1:
        return np.minimum(wanted, np.maximum(end, room))
    return np.maximum(wanted, np.minimum(end, onset + least))


def room_to_grow(
    onset: Int[np.ndarray, " note"],
    step: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    line: Bool[np.ndarray, " note"],
) -> Int[np.ndarray, " note"]:
    """Latest end of each note that nothing overlaps: the next onset of the line, or of its own pitch.

    Notes of one step start together, although a player spreads them.

    Args:
        onset: Start of each note.
        step: Start on the grid, from 0.
        pitch: MIDI note numbers.
        line: Notes that are edited; among them the next onset is sought.

    Returns:
        The limit of each note; for the last one, the largest integer.
    """
    latest = np.iinfo(np.int64).max
    steps, first = np.unique(step[line], return_inverse=True)
    start = np.full(len(steps) + 1, latest)
    np.minimum.at(start, first, onset[line])
    room = start[np.searchsorted(steps, step, side="right")]
    order = np.lexsort((onset, pitch))
    again = np.append(pitch[order][1:] == pitch[order][:-1], False)
    again &= np.append(onset[order][1:] > onset[order][:-1], False)
    following = np.where(again, np.append(onset[order][1:], latest), latest)
    room[order] = np.minimum(room[order], following)
    return room


def in_scale(pitch: Int[np.ndarray, " note"], scale: Sequence[int], steps: int) -> Int[np.ndarray, " note"]:
    """Move pitches by steps of a scale; a note between two degrees keeps its distance to the lower one.

    Args:
        pitch: MIDI note numbers.
        scale: Pitch classes of the scale, 0 to 11.
        steps: Number of degrees, up or down; as many as the scale has are an octave.

    Returns:
        MIDI note numbers; they may leave 0 to 127.
    """
    degrees = np.sort(np.array(scale))
    tones = np.concatenate([degrees + 12 * octave for octave in range(-12, 24)])
    degree = np.searchsorted(tones, pitch, side="right") - 1
    return tones[degree + steps] + pitch - tones[degree]
