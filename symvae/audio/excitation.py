"""What the notes themselves say about the sound: source signals and a piano roll, frame by frame.

The sources are band-limited pulses, the harmonics of every note in a few groups. They carry the fine
structure that no network has to invent: where the harmonics lie, how their phases run, how neighbours beat.
The roll says what the network has to know: which keys were struck, how hard, how long ago, and which have
been let go.
"""

from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.notes import Notes
from symvae.dsp.pulse import harmonics

LOWEST, KEYS = 21, 88  # the piano's
FEATURES = ("onset", "held", "age", "release")
ROLL_SIZE = len(FEATURES) * KEYS

#: What each source holds, as runs of harmonics (of which tone, first, last): the low ones by themselves, as
#: the ear has them, the high ones in two groups, and what organs have from the octave below.
GROUPS = (
    ((0.5, 1, 1), (0.5, 3, 3)),
    ((1, 1, 1),),
    ((1, 2, 2),),
    ((1, 3, 3),),
    ((1, 4, 4),),
    ((1, 5, 8),),
    ((1, 9, 10_000),),
)

#: The source fades while a key is held, and faster once it is let go.
HELD_FADE_SEC = 2.0
RELEASE_FADE_SEC = 0.25
#: How long anything of a note is heard after its key is let go.
TAIL_SEC = 1.5
#: The roll's measure of how long ago a key was struck, and let go.
AGE_SEC = 0.7
RELEASE_SEC = 0.2

_KEPT_SEC = 4.0


def on_keyboard(pitch: np.ndarray) -> np.ndarray:
    """The pitch in the nearest octave that a piano has."""
    below, above = np.maximum(LOWEST - pitch, 0), np.maximum(pitch - (LOWEST + KEYS - 1), 0)
    return pitch + 12 * -(-below // 12) - 12 * -(-above // 12)


def source(notes: Notes, first_sample: int, samples: int, sample_rate: int) -> Float[Tensor, "group sample"]:
    """The pulses of all notes from ``first_sample`` on, each from its own onset; a row a group of harmonics.

    A note's level follows the square of its velocity: 40 dB a decade, as General MIDI advises.
    """
    mix = torch.zeros(len(GROUPS), samples)
    end_sample = first_sample + samples
    onsets = np.rint(notes.onset_sec * sample_rate).astype(np.int64)
    held = np.maximum(np.rint(notes.duration_sec * sample_rate).astype(np.int64), 1)
    tail = round(TAIL_SEC * sample_rate)
    pitches = on_keyboard(notes.pitch)
    reached = (onsets < end_sample) & (onsets + held + tail > first_sample)
    fall = _fall(tail, sample_rate)
    for row in np.flatnonzero(reached).tolist():
        onset, length = int(onsets[row]), int(held[row])
        pulses = _pulses(int(pitches[row]), length + tail, sample_rate)
        level = (float(notes.velocity[row]) / 127) ** 2
        for start, end, fade in ((0, length, None), (length, length + tail, fall)):
            low, high = max(onset + start, first_sample), min(onset + end, end_sample)
            if low >= high:
                continue
            piece = pulses[:, low - onset : high - onset]
            if fade is not None:
                piece = piece * fade[low - onset - start : high - onset - start]
            mix[:, low - first_sample : high - first_sample].add_(piece, alpha=level)
    return mix


def roll(notes: Notes, first_frame: int, frames: int, frame_sec: float) -> Float[np.ndarray, "frame feature"]:
    """For each frame and key: struck now, held, how recently struck, how recently let go; by velocity.

    An onset between two frames is shared by them. Of two notes on one key the louder feature counts.
    """
    rows = np.zeros((frames, len(FEATURES), KEYS), np.float32)
    key = on_keyboard(notes.pitch) - LOWEST
    level = notes.velocity / 127
    onset, end = notes.onset_sec / frame_sec - first_frame, notes.end_sec / frame_sec - first_frame
    last = end + TAIL_SEC / frame_sec
    for row in np.flatnonzero((onset < frames) & (last > -1)).tolist():
        k, v = key[row], level[row]
        whole = int(np.floor(onset[row]))
        for frame, share in ((whole, whole + 1 - onset[row]), (whole + 1, onset[row] - whole)):
            if 0 <= frame < frames:
                rows[frame, 0, k] = max(rows[frame, 0, k], share * v)
        a, b = max(int(np.ceil(onset[row])), 0), min(int(np.ceil(end[row])), frames)
        if a < b:
            age = (np.arange(a, b) - onset[row]) * (frame_sec / AGE_SEC)
            np.maximum(rows[a:b, 1, k], v, out=rows[a:b, 1, k])
            np.maximum(rows[a:b, 2, k], v * np.exp(-age), out=rows[a:b, 2, k])
        a, b = max(int(np.ceil(end[row])), 0), min(int(np.ceil(last[row])), frames)
        if a < b:
            gone = (np.arange(a, b) - end[row]) * (frame_sec / RELEASE_SEC)
            np.maximum(rows[a:b, 3, k], v * np.exp(-gone), out=rows[a:b, 3, k])
    return rows.reshape(frames, ROLL_SIZE)


@lru_cache(maxsize=KEYS)
def _kept_pulses(pitch: int, sample_rate: int, samples: int) -> Float[Tensor, "group sample"]:
    frequency_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    fade = (-torch.arange(samples, dtype=torch.float64) / (HELD_FADE_SEC * sample_rate)).exp().float()
    rows = torch.zeros(len(GROUPS), samples)
    for row, runs in zip(rows, GROUPS, strict=True):
        for multiple, first, last in runs:
            row += harmonics(multiple * frequency_hz, first, last, samples, sample_rate)
    return rows * fade


def _pulses(pitch: int, samples: int, sample_rate: int) -> Float[Tensor, "group sample"]:
    """Fading pulses; those of usual length are made once a key and kept."""
    kept = round(_KEPT_SEC * sample_rate)
    if samples <= kept:
        return _kept_pulses(pitch, sample_rate, kept)[:, :samples]
    return _kept_pulses.__wrapped__(pitch, sample_rate, samples)


@lru_cache(maxsize=4)
def _fall(samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    return (-torch.arange(samples) / (RELEASE_FADE_SEC * sample_rate)).exp()
