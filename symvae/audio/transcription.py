"""Notes from frame-wise probabilities of onsets and held keys, as a transcription network predicts them."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from symvae.audio.notes import Notes

#: A transcription network does not predict velocities.
_VELOCITY = 64


def transcribe(
    onset: Float[Tensor, "clip frame key"],
    held: Float[Tensor, "clip frame key"],
    *,
    lowest_pitch: int,
    frame_sec: float,
    threshold: float,
) -> list[Notes]:
    """Decode a network's predictions to notes.

    Args:
        onset: Logits that a note starts.
        held: Logits that a key is held.
        lowest_pitch: MIDI pitch of the first key.
        frame_sec: Seconds from frame to frame.
        threshold: Least probability of an onset.

    Returns:
        The notes of each clip.
    """
    pairs = zip(onset.sigmoid().numpy(), held.sigmoid().numpy(), strict=True)
    return [
        notes_in(*pair, lowest_pitch=lowest_pitch, frame_sec=frame_sec, threshold=threshold) for pair in pairs
    ]


def notes_in(
    onset: Float[np.ndarray, "frame key"],
    held: Float[np.ndarray, "frame key"],
    *,
    lowest_pitch: int,
    frame_sec: float,
    threshold: float,
) -> Notes:
    """Pick the peaks of the onset curve, placed between frames by parabolic interpolation.

    A note lasts until the probability of its held key falls below ½, or until its key is struck again.

    Args:
        onset: Probability that a note starts.
        held: Probability that a key is held.
        lowest_pitch: MIDI pitch of the first key.
        frame_sec: Seconds from frame to frame.
        threshold: Least probability of an onset.

    Returns:
        The notes of one clip, all at one velocity.
    """
    before = np.pad(onset, ((1, 0), (0, 0)))[:-1]
    after = np.pad(onset, ((0, 1), (0, 0)))[1:]
    frame, key = np.nonzero((onset >= threshold) & (onset > before) & (onset >= after))
    left, peak, right = before[frame, key], onset[frame, key], after[frame, key]
    shift = 0.5 * (left - right) / np.minimum(left - 2 * peak + right, -1e-9)
    time = np.maximum(frame + shift.clip(-0.5, 0.5), 0)
    end = np.empty(len(frame))
    for row, (own_key, start) in enumerate(zip(key, frame, strict=True)):
        released = np.flatnonzero(held[start + 1 :, own_key] < 0.5)
        struck = frame[(key == own_key) & (frame > start)]
        end[row] = max(min([len(held), *(start + 1 + released[:1]), *struck[:1]]), start + 1)
    return Notes(
        time * frame_sec,
        np.maximum(end - time, 0.5) * frame_sec,
        (key + lowest_pitch).astype(np.int64),
        np.full(len(key), _VELOCITY),
    )
