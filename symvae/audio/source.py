"""Source signals: band-limited pulse trains of the notes, split into groups of harmonics.

They carry the fine structure that no network has to predict: where the harmonics lie, how their phases run,
how neighbors beat. The network sets the level of each group and filters the sum.
"""

from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from symvae.audio.keyboard import KEYS, on_keyboard
from symvae.audio.lanes import TAIL_SEC
from symvae.audio.notes import Notes
from symvae.dsp.pulse import harmonics

#: Each group as runs of harmonics (multiple of the fundamental, first, last): the low ones by themselves,
#: as the ear resolves them, the high ones in two groups, and the octave below, which organs need.
GROUPS = (
    ((0.5, 1, 1), (0.5, 3, 3)),
    ((1, 1, 1),),
    ((1, 2, 2),),
    ((1, 3, 3),),
    ((1, 4, 4),),
    ((1, 5, 8),),
    ((1, 9, 10_000),),
)

#: Time constant of the source's decay after the release.
RELEASE_FADE_SEC = 0.25

#: The first seconds of each pitch are cached, with silence in front.
_CACHED_SEC = 4.0
_PADDING = 4096


def source(notes: Notes, first_sample: int, samples: int, sample_rate: int) -> Float[Tensor, "group sample"]:
    """Sum the pulses of all notes, each in phase at its own onset.

    A note's level follows the square of its velocity: 40 dB a decade, as General MIDI recommends.

    Args:
        notes: Notes of one lane.
        first_sample: First sample of the signal.
        samples: Length of the signal.
        sample_rate: Hz.

    Returns:
        The signal of each group of harmonics.
    """
    mix = torch.zeros(len(GROUPS), samples)
    end_sample = first_sample + samples
    onsets = np.rint(notes.onset_sec * sample_rate).astype(np.int64)
    held = np.maximum(np.rint(notes.duration_sec * sample_rate).astype(np.int64), 1)
    tail = round(TAIL_SEC * sample_rate)
    pitches = on_keyboard(notes.pitch)
    reached = (onsets < end_sample) & (onsets + held + tail > first_sample)
    decay = _decay(tail, sample_rate)
    for row in np.flatnonzero(reached).tolist():
        onset, length = int(onsets[row]), int(held[row])
        level = (float(notes.velocity[row]) / 127) ** 2
        for start, end, fade in ((0, length, None), (length, length + tail, decay)):
            low, high = max(onset + start, first_sample), min(onset + end, end_sample)
            if low >= high:
                continue
            piece = _pulses(int(pitches[row]), low - onset, high - low, sample_rate)
            if fade is not None:
                piece = piece * fade[low - onset - start : high - onset - start]
            mix[:, low - first_sample : high - first_sample].add_(piece, alpha=level)
    return mix


def balanced_source(
    notes: Notes, balance: Float[Tensor, "frame group"], first_frame: int, hop: int, sample_rate: int
) -> Float[Tensor, " sample"]:
    """Sum the groups of one lane at given levels: `source` and `symvae.models.sound.balance.balanced` in one.

    The groups are never written out, so it takes a tenth of the time.

    Args:
        notes: Notes of the lane.
        balance: Level of each group in each frame; natural logarithm.
        first_frame: Number of the first frame.
        hop: Samples from frame to frame.
        sample_rate: Hz.

    Returns:
        The signal from the first frame to the last.
    """
    spans, tail = len(balance) - 1, round(TAIL_SEC * sample_rate)
    wave, gain, decay = torch.zeros(spans * hop), balance.exp(), _decay(tail, sample_rate)
    ends = torch.stack([gain[:-1], gain[1:]], 1)  # (span, start and end, group)
    ramp = torch.arange(hop) / hop
    onsets = np.rint(notes.onset_sec * sample_rate).astype(np.int64) - first_frame * hop
    held = np.maximum(np.rint(notes.duration_sec * sample_rate).astype(np.int64), 1)
    pitches = on_keyboard(notes.pitch)
    for row in range(len(onsets)):
        onset, length = int(onsets[row]), int(held[row])
        low, high = max(onset, 0), min(onset + length + tail, spans * hop)
        if low >= high:
            continue
        first, last = low // hop, -(-high // hop)
        # Whole spans, from up to one before the onset to one after the end.
        pulses = _pulses(int(pitches[row]), first * hop - onset, (last - first) * hop, sample_rate)
        start_and_end = ends[first:last].bmm(pulses.unflatten(1, (-1, hop)).transpose(0, 1))
        piece = torch.lerp(start_and_end[:, 0], start_and_end[:, 1], ramp)
        piece = piece.flatten()[low - first * hop : high - first * hop]
        release = max(onset + length - low, 0)
        if release < len(piece):
            since = low + release - onset - length
            piece[release:] *= decay[since : since + len(piece) - release]
        wave[low:high].add_(piece, alpha=(float(notes.velocity[row]) / 127) ** 2)
    return wave


def _pulses(pitch: int, start_sample: int, samples: int, sample_rate: int) -> Float[Tensor, "group sample"]:
    """Pulses of a note from ``start_sample`` after its onset, silence before it; its start is cached."""
    cached = round(_CACHED_SEC * sample_rate)
    if start_sample >= -_PADDING and start_sample + samples <= cached:
        start = _PADDING + start_sample
        return _cached_pulses(pitch, sample_rate, cached)[:, start : start + samples]
    before = min(max(-start_sample, 0), samples)
    return pad(_compute_pulses(pitch, start_sample + before, samples - before, sample_rate), (before, 0))


@lru_cache(maxsize=KEYS)
def _cached_pulses(pitch: int, sample_rate: int, samples: int) -> Float[Tensor, "group padding_and_sample"]:
    return pad(_compute_pulses(pitch, 0, samples, sample_rate), (_PADDING, 0))


def _compute_pulses(
    pitch: int, start_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, "group sample"]:
    frequency_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    rows = torch.zeros(len(GROUPS), samples)
    for row, runs in zip(rows, GROUPS, strict=True):
        for multiple, first, last in runs:
            row += harmonics(
                multiple * frequency_hz, first, last, samples, sample_rate, first_sample=start_sample
            )
    return rows


@lru_cache(maxsize=4)
def _decay(samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    return (-torch.arange(samples) / (RELEASE_FADE_SEC * sample_rate)).exp()
