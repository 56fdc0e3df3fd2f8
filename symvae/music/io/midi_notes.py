"""Notes of a MIDI file: note-ons with the note-offs that end them, and the state of their channels.

A note-off ends the earliest note of its pitch and channel that still sounds in its track. Where the note-offs
do not come out even, a note without one ends at the next strike of its pitch, at a note-off in another track,
at "all notes off", or with the file. State (programs, controllers, pitch bends) belongs to the channel,
whichever track sets it: the state of a note is the last one up to its tick.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.io.events import (
    CONTROLLER,
    EXCLUSIVE,
    KEY_AFTERTOUCH,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM,
    Event,
    MidiFile,
)

#: Controllers that end all notes of their channel: all sound off, all notes off.
SILENCING = (120, 123)
#: Event number of the note-off of a note that has none.
NO_EVENT = -1


class NoteTable(NamedTuple):
    """The notes of a file, one row a note, sorted by track and onset; times in ticks of the song."""

    track: Int[np.ndarray, " note"]
    on_event: Int[np.ndarray, " note"]
    """Number of the note-on among the events of its track."""
    off_event: Int[np.ndarray, " note"]
    """Number of the note-off in that track; `NO_EVENT` for a note without one."""
    channel: Int[np.ndarray, " note"]
    onset_tick: Int[np.ndarray, " note"]
    end_tick: Int[np.ndarray, " note"]
    """The end, at least one tick after the onset."""
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    program: Int[np.ndarray, " note"]
    """Program of the channel when the note starts."""

    def select(self, rows: np.ndarray) -> "NoteTable":
        """Some of the notes, by a mask or by row numbers."""
        return NoteTable(*(column[rows] for column in self))


class ChannelState(NamedTuple):
    """Everything that is set on one channel, over all tracks in time order."""

    programs: Int[np.ndarray, "change 2"]
    """Tick and program."""
    controls: Int[np.ndarray, "control 3"]
    """Tick, number and value."""
    bends: Int[np.ndarray, "bend 2"]
    """Tick and value, -8192 to 8191."""


def track_offsets(midi: MidiFile) -> list[int]:
    """Tick in the song at which each track begins: 0, but for independent patterns one after another."""
    lengths = [track[-1].tick if track else 0 for track in midi.tracks]
    if midi.format != 2:
        return [0] * len(lengths)
    return [sum(lengths[:number]) for number in range(len(lengths))]


def channel_states(midi: MidiFile) -> dict[int, ChannelState]:
    """The state of each channel that is used, by channel from 0."""
    rows: dict[int, tuple[list, list, list]] = defaultdict(lambda: ([], [], []))
    for track, offset in zip(midi.tracks, track_offsets(midi), strict=True):
        for tick, status, data in track:
            if status >= EXCLUSIVE or status < CONTROLLER:
                continue
            kind, channel, tick = status & 0xF0, status & 0x0F, tick + offset
            if kind == CONTROLLER:
                rows[channel][1].append((tick, data[0], data[1]))
            elif kind == PROGRAM:
                rows[channel][0].append((tick, data[0]))
            elif kind == PITCH_BEND:
                rows[channel][2].append((tick, data[0] + 128 * data[1] - 8192))
    return {channel: ChannelState(*map(_in_time_order, lists, (2, 3, 2))) for channel, lists in rows.items()}


def note_table(midi: MidiFile, states: dict[int, ChannelState]) -> tuple[NoteTable, int]:
    """Pair note-ons and note-offs.

    Returns:
        The notes, and the number of those without a note-off.
    """
    offsets = track_offsets(midi)
    rows: list[list[int]] = []
    strays: dict[int, list[int]] = defaultdict(list)
    for number, (track, offset) in enumerate(zip(midi.tracks, offsets, strict=True)):
        rows += _pair(track, number, offset, strays)
    ends = [track[-1].tick + offset for track, offset in zip(midi.tracks, offsets, strict=True) if track]
    end = max(ends, default=0)
    columns = np.array(rows, np.int64).reshape(-1, 8).T
    table = NoteTable._make([*columns, np.zeros(len(rows), np.int64)])
    open_rows = np.flatnonzero(table.off_event == NO_EVENT)
    stray_offs = {key: np.sort(ticks) for key, ticks in strays.items()}
    silences = {channel: _silences(state) for channel, state in states.items()}
    for row in open_rows.tolist():
        onset, channel, until = int(table.onset_tick[row]), int(table.channel[row]), int(table.end_tick[row])
        stray = _first_from(stray_offs.get(channel << 7 | int(table.pitch[row])), onset, end)
        silence = _first_from(silences.get(channel), onset + 1, end)
        table.end_tick[row] = min(end if until < 0 else until, stray, silence)
    np.maximum(table.end_tick, table.onset_tick + 1, out=table.end_tick)
    for channel in np.unique(table.channel).tolist():
        notes = np.flatnonzero(table.channel == channel)
        table.program[notes] = programs_at(states.get(channel), table.onset_tick[notes])
    order = np.lexsort((table.on_event, table.onset_tick, table.track))
    return table.select(order), len(open_rows)


def programs_at(state: ChannelState | None, tick: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Program of a channel at each tick; 0 before the first is set."""
    if state is None or not len(state.programs):
        return np.zeros(len(tick), np.int64)
    row = np.searchsorted(state.programs[:, 0], tick, side="right")
    return np.concatenate([[0], state.programs[:, 1]])[row]


def _silences(state: ChannelState) -> Int[np.ndarray, " event"]:
    """Ticks at which all notes of a channel end."""
    return state.controls[np.isin(state.controls[:, 1], SILENCING), 0]


def _first_from(ticks: Int[np.ndarray, " event"] | None, start: int, default: int) -> int:
    """The first of sorted ticks that is not before ``start``."""
    row = 0 if ticks is None else int(np.searchsorted(ticks, start))
    return default if ticks is None or row == len(ticks) else int(ticks[row])


def _in_time_order(rows: Sequence[tuple[int, ...]], columns: int) -> Int[np.ndarray, "event column"]:
    """Rows as one array, sorted by their first column; rows of one tick keep their order."""
    table = np.array(rows, np.int64).reshape(-1, columns)
    return table[np.argsort(table[:, 0], kind="stable")]


def _pair(track: Iterable[Event], number: int, offset: int, strays: dict[int, list[int]]) -> list[list[int]]:
    """Rows of a note table without programs; an end of -1 where nothing in the track ends a note.

    Note-offs that end nothing are added to ``strays``, by channel × 128 + pitch.
    """
    rows: list[list[int]] = []
    # Of each key that sounds: tick, event number and velocity (0 for a note-off) of its strikes and releases.
    runs: dict[int, list[tuple[int, int, int]]] = {}
    sounding: dict[int, int] = {}
    for event, (tick, status, data) in enumerate(track):
        if not NOTE_OFF <= status < KEY_AFTERTOUCH:
            continue
        key, tick = (status & 0x0F) << 7 | data[0], tick + offset
        velocity = data[1] if status >= NOTE_ON else 0
        run = runs.get(key)
        if run is None:
            if velocity:
                runs[key] = [(tick, event, velocity)]
                sounding[key] = 1
            else:
                strays[key].append(tick)
            continue
        sounding[key] += 1 if velocity else -1
        if len(run) == 1 and not velocity:
            start, on, loudness = run[0]
            rows.append([number, on, event, key >> 7, start, tick, key & 127, loudness])
            del runs[key]
            continue
        run.append((tick, event, velocity))
        if not sounding[key]:
            rows += _first_ends_first(run, number, key)
            del runs[key]
    for key, run in runs.items():
        rows += _one_at_a_time(run, number, key, strays)
    return rows


def _first_ends_first(run: Sequence[tuple[int, int, int]], number: int, key: int) -> Iterator[list[int]]:
    """Notes of a key with as many note-offs as note-ons: the first note-off ends the first note."""
    ons = [each for each in run if each[2]]
    offs = [each for each in run if not each[2]]
    for (start, on, velocity), (end, off, _) in zip(ons, offs, strict=True):
        yield [number, on, off, key >> 7, start, end, key & 127, velocity]


def _one_at_a_time(
    run: Sequence[tuple[int, int, int]], number: int, key: int, strays: dict[int, list[int]]
) -> Iterator[list[int]]:
    """Notes of a key of which a note-off is missing: each ends where the next one starts."""
    current: tuple[int, int, int] | None = None
    for tick, event, velocity in run:
        if current is not None:
            start, on, loudness = current
            yield [number, on, NO_EVENT if velocity else event, key >> 7, start, tick, key & 127, loudness]
        elif not velocity:
            strays[key].append(tick)
        current = (tick, event, velocity) if velocity else None
    if current is not None:
        start, on, loudness = current
        yield [number, on, NO_EVENT, key >> 7, start, -1, key & 127, loudness]
