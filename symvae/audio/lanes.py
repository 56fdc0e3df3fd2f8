"""Lanes: single lines of notes, one key held at a time in each.

The notes of an instrument add up, so a network learns single lines, and any chord is a sum of lanes.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from symvae.audio.notes import Notes

#: Longest sound of a note after its key is released.
TAIL_SEC = 1.5
#: A note may begin this long before its predecessor in the lane ends.
_LEGATO_SEC = 0.005


def assign_lanes(notes: Notes) -> Int[np.ndarray, " note"]:
    """Assign each note to a lane: the free lane that has rested longest, or a new one."""
    lane = np.zeros(len(notes.pitch), np.int64)
    free_from: list[float] = []
    for row in np.lexsort((notes.pitch, notes.onset_sec)).tolist():
        number = int(np.argmin(free_from)) if free_from else 0
        if not free_from or free_from[number] > notes.onset_sec[row] + _LEGATO_SEC:
            number = len(free_from)
            free_from.append(0.0)
        lane[row], free_from[number] = number, float(notes.end_sec[row])
    return lane


def lane_count(clips: Sequence[Notes]) -> int:
    """Number of lanes that hold the notes of each of several clips; at least 1."""
    return max(int(assign_lanes(notes).max(initial=0)) + 1 for notes in clips)


def split_lanes(notes: Notes) -> list[Notes]:
    """The notes of each lane."""
    lane = assign_lanes(notes)
    return [notes.select(lane == number) for number in np.unique(lane)]


def active_lanes(lanes: Sequence[Notes], first_frame: int, frames: int, frame_sec: float) -> list[Notes]:
    """Select the notes that sound in a range of frames, tails included, and drop silent lanes.

    Args:
        lanes: Notes of each lane.
        first_frame: First frame of the range.
        frames: Number of frames.
        frame_sec: Seconds from frame to frame.

    Returns:
        The remaining notes of the remaining lanes.
    """
    start_sec, end_sec = first_frame * frame_sec, (first_frame + frames) * frame_sec
    active = [
        lane.select((lane.onset_sec < end_sec) & (lane.end_sec + TAIL_SEC > start_sec)) for lane in lanes
    ]
    return [lane for lane in active if len(lane.pitch)]
