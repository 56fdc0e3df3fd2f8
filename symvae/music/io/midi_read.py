"""MIDI files to songs: the parts of a file, as views of its events.

Reading is tolerant, and what was tolerated is in `Song.repairs`. `Song.events` keeps the file itself, so that
`symvae.music.io.midi_write` can write a song with everything else that its file holds. This module knows no
bars, grids or melodies (see `symvae.music.windows`).
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import (
    MARKER,
    META,
    TEMPO,
    TIME_SIGNATURE,
    MidiFile,
    read_events,
    track_name,
)
from symvae.music.io.file_bytes import read_bytes
from symvae.music.io.midi_chords import chords_of_file
from symvae.music.io.midi_notes import ChannelState, NoteTable, channel_states, note_table, track_offsets
from symvae.music.io.midi_parts import FilePart, file_parts
from symvae.music.io.repairs import Repair, merged, repaired
from symvae.music.io.text_encoding import decode, encoding_of
from symvae.music.io.validate import DENOMINATORS, validated
from symvae.music.song import MetreChange, Song, TempoChange, Track

#: Meta events of these types hold text.
_TEXT_TYPES = range(0x01, 0x10)


def load(source: str | os.PathLike[str] | bytes) -> Song:
    """Read a MIDI file, given by its path or as its bytes.

    Raises:
        MidiError: The source cannot be read as music.
    """
    if isinstance(source, bytes):
        return load_bytes(source)
    return load_bytes(read_bytes(source), str(source), Path(source).stem)


def load_bytes(data: bytes, where: str = "the MIDI data", name: str = "") -> Song:
    """Read a MIDI file from its bytes.

    Args:
        data: The whole file.
        where: The file in error messages.
        name: Name of the song.

    Returns:
        The song, with its events.

    Raises:
        MidiError: The data cannot be read as music.
    """
    return view(read_events(data, where), where, name).song


class FileView(NamedTuple):
    """A MIDI file as a song, with the notes of each of its parts."""

    song: Song
    notes: NoteTable
    parts: tuple[FilePart, ...]
    """The parts, which are the tracks of the song."""


def view(midi: MidiFile, where: str = "the MIDI data", name: str = "") -> FileView:
    """A MIDI file as a song of its parts.

    Args:
        midi: The events.
        where: The file in error messages.
        name: Name of the song.

    Returns:
        The song, with the events, and the notes of its parts.

    Raises:
        MidiError: The file exceeds a limit.
    """
    states = channel_states(midi)
    notes, num_open = note_table(midi, states)
    parts = tuple(file_parts(notes, states))
    song = _song(midi, (states, notes, num_open), [(part, part.rows) for part in parts])
    return FileView(validated(song, where, name), notes, parts)


def for_playback(midi: MidiFile, where: str = "the MIDI data", name: str = "") -> Song:
    """A MIDI file as a song whose parts have one channel and one program each, as a player needs them.

    Args:
        midi: The events.
        where: The file in error messages.
        name: Name of the song.

    Returns:
        The song, without the events: to be played, not written.

    Raises:
        MidiError: The file exceeds a limit.
    """
    states = channel_states(midi)
    notes, num_open = note_table(midi, states)
    voices = [
        (part, part.rows[kind == each])
        for part in file_parts(notes, states)
        for kind in [notes.channel[part.rows] * 128 + notes.program[part.rows]]
        for each in dict.fromkeys(kind.tolist())
    ]
    song = _song(midi, (states, notes, num_open), voices)
    return validated(replace(song, events=None), where, name)


def _song(
    midi: MidiFile,
    state: tuple[dict[int, ChannelState], NoteTable, int],
    voices: Iterable[tuple[FilePart, np.ndarray]],
) -> Song:
    states, notes, num_open = state
    encoding = text_encoding(midi)
    counts: Counter[Repair] = Counter({Repair.NO_NOTE_OFF: num_open})
    metres, tempos, ends = _timeline(midi, counts)
    if midi.format == 2:
        counts[Repair.PATTERNS] = len(midi.tracks)
    names = [decode(track_name(track), encoding) for track in midi.tracks]
    chords, chords_from = chords_of_file(midi, encoding)
    tracks = [_track(notes.select(rows), states, part, names[part.track]) for part, rows in voices]
    return Song(
        midi.ticks_per_quarter,
        metres=tuple(metres),
        tempos=tuple(tempos),
        tracks=tuple(tracks),
        end_tick=max(ends, default=0),
        events=midi,
        repairs=merged(midi.repairs, repaired(counts)),
        chords=chords,
        chords_from=chords_from,
    )


def text_encoding(midi: MidiFile) -> str:
    """The encoding of all text in a file, as the name of a Python codec."""
    return encoding_of(content for _, kind, content in _meta_events(midi) if kind in _TEXT_TYPES)


def _timeline(
    midi: MidiFile, counts: Counter[Repair]
) -> tuple[list[MetreChange], list[TempoChange], list[int]]:
    """Metres, tempos and end markers of all tracks, without the impossible ones."""
    metres: list[MetreChange] = []
    tempos: list[TempoChange] = []
    ends: list[int] = []
    for tick, kind, content in _meta_events(midi):
        if kind == TIME_SIGNATURE:
            if len(content) >= 2 and content[0] and 2 ** min(content[1], 16) in DENOMINATORS:
                metres.append(MetreChange(tick, content[0], 2 ** content[1]))
            else:
                counts[Repair.IMPOSSIBLE_METRE] += 1
        elif kind == TEMPO:
            microseconds = int.from_bytes(content[:3], "big")
            if len(content) >= 3 and microseconds:
                tempos.append(TempoChange(tick, 60e6 / microseconds))
            else:
                counts[Repair.IMPOSSIBLE_TEMPO] += 1
        elif kind == MARKER and is_end_marker(content.decode("latin-1")):
            ends.append(tick)
    return metres, tempos, ends


def _meta_events(midi: MidiFile) -> Iterator[tuple[int, int, bytes]]:
    """Tick in the song, type and content of every meta event."""
    for track, offset in zip(midi.tracks, track_offsets(midi), strict=True):
        for tick, status, data in track:
            if status == META:
                yield tick + offset, data[0], data[1:]


def _track(notes: NoteTable, states: dict[int, ChannelState], part: FilePart, name: str) -> Track:
    channels = [each for each in part.channels if (notes.channel == each).any()]
    programs = np.bincount(notes.program)
    common = np.argsort(-programs, kind="stable")[: np.count_nonzero(programs)].tolist()
    if part.is_split and not part.is_drum:
        name = f"{name}, channel {channels[0] + 1}" if name else f"channel {channels[0] + 1}"
    state = [states[each] for each in channels if each in states]
    return Track(
        name,
        common[0],
        part.is_drum,
        notes.onset_tick,
        notes.end_tick - notes.onset_tick,
        notes.pitch,
        notes.velocity,
        controls=_in_time_order([each.controls for each in state], 3),
        bends=_in_time_order([each.bends for each in state], 2),
        channels=tuple(each + 1 for each in channels),
        programs=tuple(common),
    )


def _in_time_order(tables: list[np.ndarray], columns: int) -> np.ndarray:
    """Rows of several tables as one, sorted by their first column; rows of one tick keep their order."""
    rows = np.concatenate([*tables, np.empty((0, columns), np.int64)])
    return rows[np.argsort(rows[:, 0], kind="stable")]
