"""Source signals: band-limited pulse trains of the notes, split into groups of partials.

They carry the fine structure that no network has to predict: where the partials lie, how their phases run,
how neighbors beat, how the pitch swings. The network sets the level of each group and filters the sum.
"""

import math
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.nn.functional import pad

from symvae.audio.keyboard import on_keyboard
from symvae.audio.lanes import TAIL_SEC
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, SECTION, Partials
from symvae.dsp.pulse import below_nyquist, cosines, harmonics

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

#: The first seconds of so many pitches of instruments are cached, with silence in front.
_CACHED_SEC = 3.0
_CACHED_PITCHES = 400
_PADDING = 4096
#: The vibrato reaches its depth by a time constant after the onset.
_VIBRATO_SEC = 0.1
#: Cycles by which each player of a section is behind the first, so that their onsets are no single impulse.
_BEHIND = (0.0, 0.381966, 0.763932)


def source(
    notes: Notes, first_sample: int, samples: int, sample_rate: int, partials: Partials = HARMONIC
) -> Float[Tensor, "group sample"]:
    """Sum the pulses of all notes, each in phase at its own onset.

    A note's level follows the square of its velocity: 40 dB a decade, as General MIDI recommends.

    Args:
        notes: Notes of one lane.
        first_sample: First sample of the signal.
        samples: Length of the signal.
        sample_rate: Hz.
        partials: Where the instrument's partials lie.

    Returns:
        The signal of each group of partials.
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
            piece = _pulses(int(pitches[row]), partials, low - onset, high - low, sample_rate)
            if fade is not None:
                piece = piece * fade[low - onset - start : high - onset - start]
            mix[:, low - first_sample : high - first_sample].add_(piece, alpha=level)
    return mix


def balanced_source(
    notes: Notes,
    balance: Float[Tensor, "frame group"],
    first_frame: int,
    hop: int,
    sample_rate: int,
    partials: Partials = HARMONIC,
) -> Float[Tensor, " sample"]:
    """Sum the groups of one lane at given levels: `source` and `symvae.models.sound.balance.balanced` in one.

    The groups are never written out, so it takes a tenth of the time.

    Args:
        notes: Notes of the lane.
        balance: Level of each group in each frame; natural logarithm.
        first_frame: Number of the first frame.
        hop: Samples from frame to frame.
        sample_rate: Hz.
        partials: Where the instrument's partials lie.

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
        start = first * hop - onset
        pulses = _pulses(int(pitches[row]), partials, start, (last - first) * hop, sample_rate)
        start_and_end = ends[first:last].bmm(pulses.unflatten(1, (-1, hop)).transpose(0, 1))
        piece = torch.lerp(start_and_end[:, 0], start_and_end[:, 1], ramp)
        piece = piece.flatten()[low - first * hop : high - first * hop]
        release = max(onset + length - low, 0)
        if release < len(piece):
            since = low + release - onset - length
            piece[release:] *= decay[since : since + len(piece) - release]
        wave[low:high].add_(piece, alpha=(float(notes.velocity[row]) / 127) ** 2)
    return wave


def _pulses(
    pitch: int, partials: Partials, start_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, "group sample"]:
    """Pulses of a note from ``start_sample`` after its onset, silence before it; its start is cached."""
    cached = round(_CACHED_SEC * sample_rate)
    if start_sample >= -_PADDING and start_sample + samples <= cached:
        start = _PADDING + start_sample
        return _cached_pulses(pitch, partials, sample_rate, cached)[:, start : start + samples]
    before = min(max(-start_sample, 0), samples)
    pulses = _compute_pulses(pitch, partials, start_sample + before, samples - before, sample_rate)
    return pad(pulses, (before, 0))


@lru_cache(maxsize=_CACHED_PITCHES)
def _cached_pulses(
    pitch: int, partials: Partials, sample_rate: int, samples: int
) -> Float[Tensor, "group padding_and_sample"]:
    return pad(_compute_pulses(pitch, partials, 0, samples, sample_rate), (_PADDING, 0))


def _compute_pulses(
    pitch: int, partials: Partials, start_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, "group sample"]:
    frequency_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    if not partials.vibrato_cents and not partials.detune_cents:
        stretch = partials.inharmonicity(pitch)
        return _steady(frequency_hz, stretch, start_sample, samples, sample_rate)
    rows = torch.zeros(len(GROUPS), samples)
    for player in range(SECTION if partials.detune_cents else 1):
        own_hz = frequency_hz
        if partials.detune_cents:
            own_hz *= 2 ** (partials.detune_cents * (player - SECTION // 2) / 1200)
        highest_hz = own_hz * 2 ** (partials.vibrato_cents / 1200)
        cycles = _cycles(own_hz, partials, player, start_sample, samples, sample_rate)
        for row, runs in zip(rows, GROUPS, strict=True):
            for multiple, first, last in runs:
                highest = below_nyquist(multiple * highest_hz, sample_rate)
                row += harmonics(multiple * cycles, first, last, highest)
    return rows / math.sqrt(SECTION) if partials.detune_cents else rows


def _cycles(
    frequency_hz: float, partials: Partials, player: int, start_sample: int, samples: int, sample_rate: int
) -> Float64[Tensor, " sample"]:
    """Cycles of a player's fundamental since the onset, with vibrato."""
    cycles = torch.arange(start_sample, start_sample + samples, dtype=torch.float64) / sample_rate
    if partials.vibrato_cents:
        # The integral of f·(1 + depth·sin ωt) once the depth is reached; the ramp is slow beside it.
        swing = 2 * torch.pi * partials.vibrato_hz * (1 + 0.07 * player)
        depth = math.log(2) * partials.vibrato_cents / 1200
        grown = 1 - (-cycles / _VIBRATO_SEC).exp()
        cycles = cycles + depth / swing * grown * (1 - torch.cos(swing * cycles))
    return frequency_hz * cycles - _BEHIND[player]


def _steady(
    frequency_hz: float, stretch: float, start_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, "group sample"]:
    """Partials n·f·√(1 + B·n²), summed by group."""
    rows = torch.zeros(len(GROUPS), samples)
    most = below_nyquist(frequency_hz, sample_rate)
    for row, runs in zip(rows, GROUPS, strict=True):
        for multiple, first, last in runs:
            number = multiple * torch.arange(first, max(min(last, most), first) + 1, dtype=torch.float64)
            partial_hz = number * frequency_hz * (1 + stretch * number.square()).sqrt()
            row += cosines(partial_hz, start_sample, samples, sample_rate)
    return rows


@lru_cache(maxsize=4)
def _decay(samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    return (-torch.arange(samples) / (RELEASE_FADE_SEC * sample_rate)).exp()
