"""Parts of a MIDI file: which notes belong together as one instrument.

The parts of a file are its tracks. A track on several channels is one part, whether its notes rotate through
them (MIDI Polyphonic Expression, guitar strings) or its program changes; its drums are a part of their own.
Only where a single track holds all notes of a file, as in format 0, its channels are the parts, unless they
hold one voice: by the file's own word (an MPE configuration), since no two notes of them overlap under one
program, or since each note takes the next channel.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.io.midi_notes import ChannelState, NoteTable
from symvae.music.io.programs import DRUM_CHANNEL

#: Registered parameter 6 on channel 1 or 16 configures MPE: controllers 101 and 100, then data entry (6).
_MPE_PARAMETER = (6, 0)
_MPE_MANAGERS = (0, 15)
#: Channels rotate if there are this many, and this share of the notes is on the channel after the last one.
_ROTATING_CHANNELS = 3
_ROTATING_SHARE = 0.8


class FilePart(NamedTuple):
    """The notes of one part, as rows of the note table of the file."""

    track: int
    """Number of the track in the file."""
    rows: Int[np.ndarray, " note"]
    channels: tuple[int, ...]
    """Channels of its notes from 0, the busiest first."""
    is_drum: bool
    is_split: bool
    """True if other channels of the track are other parts."""


def file_parts(notes: NoteTable, states: dict[int, ChannelState]) -> Iterator[FilePart]:
    """Group notes to parts, in the order of tracks, then channels."""
    tracks = np.unique(notes.track).tolist()
    for track in tracks:
        rows = np.flatnonzero(notes.track == track)
        channel = notes.channel[rows]
        is_drum = channel == DRUM_CHANNEL
        if len(tracks) == 1 and not _one_voice(notes.select(rows[~is_drum]), states):
            groups = [channel == each for each in np.unique(channel)]
        else:
            groups = [each for each in (~is_drum, is_drum) if each.any()]
        for group in groups:
            yield _part(track, rows[group], channel[group], len(groups) > 1)


def _part(
    track: int, rows: Int[np.ndarray, " note"], channel: Int[np.ndarray, " note"], is_split: bool
) -> FilePart:
    counts = np.bincount(channel, minlength=16)
    busiest = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    channels = tuple(busiest.tolist())
    return FilePart(track, rows, channels, channels[0] == DRUM_CHANNEL, is_split)


def _one_voice(notes: NoteTable, states: dict[int, ChannelState]) -> bool:
    """Tell whether the channels of a track hold one instrument."""
    channels = np.unique(notes.channel)
    if len(channels) < 2 or any(_configures_mpe(states[each]) for each in _MPE_MANAGERS if each in states):
        return True
    order = np.lexsort((notes.pitch, notes.onset_tick))
    onset, end, channel = notes.onset_tick[order], notes.end_tick[order], notes.channel[order]
    if len(np.unique(notes.program)) > 1:
        return False
    if not _overlapping(onset, end).any():
        return True
    place = np.searchsorted(channels, channel)
    following = (place[:-1] + 1) % len(channels) == place[1:]
    return len(channels) >= _ROTATING_CHANNELS and float(following.mean()) >= _ROTATING_SHARE


def _overlapping(
    onset: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"]
) -> Bool[np.ndarray, " later"]:
    """Mask of the notes after the first that start while an earlier one sounds; notes sorted by onset."""
    return onset[1:] < np.maximum.accumulate(end)[:-1]


def _configures_mpe(state: ChannelState) -> bool:
    parameter: list[int | None] = [None, None]
    for _, number, value in state.controls.tolist():
        if number in (100, 101):
            parameter[101 - number] = value
        elif number == 6 and parameter == [0, 6]:
            return value > 0
    return False
