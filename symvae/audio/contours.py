"""Contours of a single line: its fundamental frame by frame, with glides and vibrato, by rule.

A note begins on its pitch, except after a note that lasts up to it: then the pitch glides from the one to
the other within `GLIDE_SEC`, as of a player who slurs. Long notes get vibrato after a while: it grows to
its depth, at a rate that differs a little from note to note.
"""

import numpy as np
from jaxtyping import Float

from symvae.audio.notes import Notes
from symvae.audio.roll import LAST_NOTE, roll
from symvae.dsp.pitch import pitch_to_hz

#: Length of a slur's glide, the longest rest that it bridges, and its largest interval.
GLIDE_SEC, SLUR_SEC, SLUR_SEMITONES = 0.03, 0.02, 12
#: Vibrato begins this long after the onset, and takes as long again to grow.
DELAY_SEC, RATE_HZ, RATE_SPREAD_HZ = 0.3, 5.5, 0.4
_GOLDEN = (5**0.5 - 1) / 2
#: Fundamental where there is no note: that of the key 60.
_REST_PITCH = 60


def frequency_contour(
    notes: Notes, first_frame: int, frames: int, frame_sec: float, *, vibrato_cents: float = 0.0
) -> Float[np.ndarray, " frame"]:
    """Draw the fundamental of one lane in Hz.

    A note's pitch holds until the next one begins; before the first note it is that of the first.

    Args:
        notes: Notes of one lane.
        first_frame: Number of the first frame.
        frames: Number of frames.
        frame_sec: Seconds from frame to frame.
        vibrato_cents: Depth of the vibrato.

    Returns:
        The fundamental of each frame.
    """
    if not len(notes.pitch):
        return pitch_to_hz(np.full(frames, float(_REST_PITCH))).astype(np.float32)
    order = np.lexsort((notes.pitch, notes.onset_sec))
    onset, pitch = notes.onset_sec[order], notes.pitch[order].astype(np.float64)
    time = (first_frame + np.arange(frames)) * frame_sec
    row = np.maximum(np.searchsorted(onset, time, side="right") - 1, 0)
    before = np.maximum(row - 1, 0)
    age = np.maximum(time - onset[row], 0)
    interval = pitch[before] - pitch[row]
    rest = onset[row] - notes.end_sec[order][before]
    slurred = (rest <= SLUR_SEC) & (np.abs(interval) <= SLUR_SEMITONES)
    remaining = np.clip(1 - age / GLIDE_SEC, 0, 1)
    glide = np.where(slurred, interval * remaining**2 * (3 - 2 * remaining), 0.0)
    rate = RATE_HZ + RATE_SPREAD_HZ * (2 * (row * _GOLDEN % 1) - 1)
    late = np.maximum(age - DELAY_SEC, 0)
    wave = np.sin(2 * np.pi * rate * late) * np.clip(late / DELAY_SEC, 0, 1)
    return pitch_to_hz(pitch[row] + glide + vibrato_cents / 100 * wave).astype(np.float32)


def touch_features(
    notes: Notes, first_frame: int, frames: int, frame_sec: float
) -> Float[np.ndarray, "frame feature"]:
    """Features of the note that sounds in each frame, `symvae.audio.roll.LAST_NOTE`.

    Args:
        notes: Notes of one lane.
        first_frame: Number of the first frame.
        frames: Number of frames.
        frame_sec: Seconds from frame to frame.

    Returns:
        The features.
    """
    return roll(notes, first_frame, frames, frame_sec)[:, -len(LAST_NOTE) :]
