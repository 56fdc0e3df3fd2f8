"""What the notes themselves say about the sound: source signals and a piano roll, frame by frame.

The sources are band-limited pulses, the harmonics of every note in a few groups. They carry the fine
structure that no network has to invent: where the harmonics lie, how their phases run, how neighbors beat.
The roll says what the network has to know: which key was struck, how hard, how long ago, and which has
been let go.

Notes sound in lanes, one key held at a time in each: an instrument's notes add up, so what one note sounds
like is learned once, and any chord is a sum.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from symvae.audio.notes import Notes
from symvae.dsp.pulse import harmonics
from symvae.music.pitch import PIANO_PITCHES

LOWEST, KEYS = PIANO_PITCHES[0], PIANO_PITCHES[1] - PIANO_PITCHES[0] + 1
#: What the roll says of each key, by velocity.
FEATURES = ("onset", "held", "age", "release")
#: What it says besides of the note that was struck last: straight lines in dB, and the ways in which sounds
#: grow and die away.
LAST_NOTE = (
    "velocity", "log velocity", "pitch", "pitch squared",
    "seconds held", "just struck", "lately struck", "seconds let go", "just let go",
)  # fmt: skip
ROLL_SIZE = len(FEATURES) * KEYS + len(LAST_NOTE)

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

#: The source fades once a key is let go.
RELEASE_FADE_SEC = 0.25
#: How long anything of a note is heard after its key is let go.
TAIL_SEC = 1.5
#: The roll's measure of how long ago a key was struck, and let go.
AGE_SEC = 0.7
RELEASE_SEC = 0.2

_KEPT_SEC = 4.0
_PADDING = 4096
_LONG_SEC = 8.0
#: A note may begin so long before the one before it in its lane has ended.
_LEGATO_SEC = 0.005


def on_keyboard(pitch: np.ndarray) -> np.ndarray:
    """The pitch in the nearest octave that a piano has."""
    below, above = np.maximum(LOWEST - pitch, 0), np.maximum(pitch - (LOWEST + KEYS - 1), 0)
    return pitch + 12 * -(-below // 12) - 12 * -(-above // 12)


class Excitation(NamedTuple):
    """What a network is given of notes, lane by lane."""

    roll: Float[Tensor, "lane frame feature"]
    source: Float[Tensor, "lane group sample"]


def in_lanes(notes: Notes) -> list[Notes]:
    """The notes, lane by lane."""
    lane = lanes_of(notes)
    return [notes.select(lane == number) for number in np.unique(lane)]


def lanes_heard(lanes: Sequence[Notes], first_frame: int, frames: int, frame_sec: float) -> list[Notes]:
    """What is heard in these frames of each lane, of those in which anything is."""
    start_sec, end_sec = first_frame * frame_sec, (first_frame + frames) * frame_sec
    heard = [
        lane.select((lane.onset_sec < end_sec) & (lane.end_sec + TAIL_SEC > start_sec)) for lane in lanes
    ]
    return [lane for lane in heard if len(lane.pitch)]


def excite(
    notes: Notes, first_frame: int, frames: int, hop: int, sample_rate: int, lanes: int = 1
) -> Excitation:
    """Roll and source of so many frames from ``first_frame`` on, of the lanes in which anything is heard.

    Empty ones follow, up to ``lanes`` in all.
    """
    parts = lanes_heard(in_lanes(notes), first_frame, frames, hop / sample_rate)
    parts += [notes.select(np.zeros(len(notes.pitch), bool))] * (lanes - len(parts))
    span = (frames - 1) * hop
    return Excitation(
        torch.stack([torch.from_numpy(roll(part, first_frame, frames, hop / sample_rate)) for part in parts]),
        torch.stack([source(part, first_frame * hop, span, sample_rate) for part in parts]),
    )


def lanes_of(notes: Notes) -> Int[np.ndarray, " note"]:
    """A lane for each note: of those in which no key is held, the one longest at rest, or a new one."""
    lane = np.zeros(len(notes.pitch), np.int64)
    free_from: list[float] = []
    for row in np.lexsort((notes.pitch, notes.onset_sec)).tolist():
        number = int(np.argmin(free_from)) if free_from else 0
        if not free_from or free_from[number] > notes.onset_sec[row] + _LEGATO_SEC:
            number = len(free_from)
            free_from.append(0.0)
        lane[row], free_from[number] = number, float(notes.end_sec[row])
    return lane


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
        level = (float(notes.velocity[row]) / 127) ** 2
        for start, end, fade in ((0, length, None), (length, length + tail, fall)):
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
    """One lane's sources, added up at the levels of ``balance``: `source` and `balanced` in one.

    The groups are never written out, so it takes a tenth of the time.
    """
    spans, tail = len(balance) - 1, round(TAIL_SEC * sample_rate)
    wave, gain, fall = torch.zeros(spans * hop), balance.exp(), _fall(tail, sample_rate)
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
        released = max(onset + length - low, 0)
        if released < len(piece):
            gone = low + released - onset - length
            piece[released:] *= fall[gone : gone + len(piece) - released]
        wave[low:high].add_(piece, alpha=(float(notes.velocity[row]) / 127) ** 2)
    return wave


def roll(notes: Notes, first_frame: int, frames: int, frame_sec: float) -> Float[np.ndarray, "frame feature"]:
    """`FEATURES` of every key and `LAST_NOTE`, frame by frame.

    An onset between two frames is shared by them. Of two notes on one key the louder feature counts.
    """
    told = np.zeros((frames, ROLL_SIZE), np.float32)
    last = told[:, len(FEATURES) * KEYS :]
    tail = TAIL_SEC / frame_sec
    onset, end = notes.onset_sec / frame_sec - first_frame, notes.end_sec / frame_sec - first_frame
    pitches = on_keyboard(notes.pitch)
    order = np.lexsort((notes.end_sec, notes.velocity, notes.pitch, notes.onset_sec))
    for row in order[(onset[order] < frames) & (end[order] + tail > -1)].tolist():
        pitch, level = int(pitches[row]), float(notes.velocity[row]) / 127
        key, start, let_go = pitch - LOWEST, float(onset[row]), float(end[row])
        whole = int(np.floor(start))
        for near, share in ((whole, whole + 1 - start), (whole + 1, start - whole)):
            if 0 <= near < frames:
                told[near, key] = max(float(told[near, key]), share * level)
        frame = np.arange(max(whole, 0), min(int(np.ceil(let_go + tail)), frames))
        age_sec = np.maximum(frame - start, 0) * frame_sec
        gone_sec = np.maximum(frame - let_go, 0) * frame_sec
        held = frame < let_go
        for feature, value in (
            (1, level * held),
            (2, level * held * np.exp(-age_sec / AGE_SEC)),
            (3, level * ~held * np.exp(-gone_sec / RELEASE_SEC)),
        ):
            column = feature * KEYS + key
            told[frame, column] = np.maximum(told[frame, column], value)
        high = (pitch - 64) / 24
        last[frame] = np.stack(
            [
                np.full(len(frame), level),
                np.full(len(frame), np.log(level)),
                np.full(len(frame), high),
                np.full(len(frame), high * high),
                np.minimum(age_sec, _LONG_SEC) / 2,
                np.exp(-age_sec / 0.03),
                np.exp(-age_sec / 0.15),
                gone_sec / 0.5,
                np.exp(-gone_sec / 0.05) * ~held,
            ],
            1,
        )
    return told


def _pulses(pitch: int, start_sample: int, samples: int, sample_rate: int) -> Float[Tensor, "group sample"]:
    """A note's pulses from so long after its onset on, silence before it; its first seconds are kept."""
    kept = round(_KEPT_SEC * sample_rate)
    if start_sample >= -_PADDING and start_sample + samples <= kept:
        start = _PADDING + start_sample
        return _kept_pulses(pitch, sample_rate, kept)[:, start : start + samples]
    before = min(max(-start_sample, 0), samples)
    return pad(_made_pulses(pitch, start_sample + before, samples - before, sample_rate), (before, 0))


@lru_cache(maxsize=KEYS)
def _kept_pulses(pitch: int, sample_rate: int, samples: int) -> Float[Tensor, "group padding_and_sample"]:
    return pad(_made_pulses(pitch, 0, samples, sample_rate), (_PADDING, 0))


def _made_pulses(
    pitch: int, start_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, "group sample"]:
    frequency_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    rows = torch.zeros(len(GROUPS), samples)
    for row, runs in zip(rows, GROUPS, strict=True):
        for multiple, first, last in runs:
            tone = multiple * frequency_hz, first, last
            row += harmonics(*tone, samples, sample_rate, first_sample=start_sample)
    return rows


@lru_cache(maxsize=4)
def _fall(samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    return (-torch.arange(samples) / (RELEASE_FADE_SEC * sample_rate)).exp()
