"""Songs that were not read from a MIDI file, as events: a track for tempo and metre, and one for each part.

Each program has a channel of its own, and drums have channel 10. A song with more than 15 programs shares
channels, and its programs change where the parts take turns.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from symvae.errors import MidiError
from symvae.music.io.end_marker import END_MARKER
from symvae.music.io.events import (
    CONTROLLER,
    MARKER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM,
    TEMPO,
    TIME_SIGNATURE,
    TRACK_NAME,
    Event,
    MidiFile,
    meta,
)
from symvae.music.io.midi_chords import chord_events
from symvae.music.io.programs import DRUM_CHANNEL, PITCHED_CHANNELS, check_program
from symvae.music.song import MetreChange, Song, TempoChange, Track

#: The longest quarter note that a MIDI file can hold: its tempo has three bytes.
MAX_MICROSECONDS_PER_QUARTER = 2**24 - 1
#: At one tick notes end first, then controllers act, then notes start.
_RANK = {NOTE_OFF: 0, NOTE_ON: 2}


def built(song: Song) -> MidiFile:
    """A song as events, with the end marker at its end.

    Raises:
        MidiError: A tempo or a program is outside the range of MIDI.
    """
    conductor = [metre_event(change) for change in song.metres]
    conductor += [tempo_event(change) for change in song.tempos]
    conductor += chord_events(song.chords)
    conductor.append(meta(song.end_tick, MARKER, END_MARKER.encode()))
    channels = _channels(song.tracks)
    changes = _program_changes(song.tracks, channels)
    tracks = [
        part_events(track, channel, song.end_tick, programs)
        for track, channel, programs in zip(song.tracks, channels, changes, strict=True)
    ]
    return MidiFile(1, song.ticks_per_quarter, (in_order(conductor), *tracks))


def part_events(
    track: Track, channel: int, end_tick: int, programs: Sequence[Event] | None = None
) -> list[Event]:
    """A part as the events of a track of its own.

    Args:
        track: The part.
        channel: Its channel, from 0.
        end_tick: End of the song.
        programs: Its program changes; by default its program at the start.

    Returns:
        Name, programs, controllers, pitch bends and notes.
    """
    if programs is None:
        programs = [program_event(0, channel, track.program)]
    events = [*programs, *state_events(track, channel, end_tick), *note_events(track, channel)]
    return [meta(0, TRACK_NAME, track.name.encode()), *in_order(events)]


def program_event(tick: int, channel: int, program: int) -> Event:
    """A program change.

    Args:
        tick: Time of the event.
        channel: Channel from 0.
        program: General MIDI program.

    Returns:
        The event.

    Raises:
        MidiError: The program is outside General MIDI.
    """
    return Event(tick, PROGRAM | channel, bytes([check_program(program)]))


def tempo_event(change: TempoChange) -> Event:
    """A tempo as an event.

    Raises:
        MidiError: MIDI cannot hold the tempo.
    """
    microseconds = round(60e6 / change.qpm)
    if not 1 <= microseconds <= MAX_MICROSECONDS_PER_QUARTER:
        raise MidiError(
            f"A MIDI file cannot hold {change.qpm:g} quarter notes a minute. Set a tempo from 4 to 500."
        )
    return meta(change.tick, TEMPO, microseconds.to_bytes(3, "big"))


def metre_event(change: MetreChange) -> Event:
    """A time signature as an event."""
    power = change.denominator.bit_length() - 1
    return meta(change.tick, TIME_SIGNATURE, bytes([change.numerator, power, 24, 8]))


def note_events(track: Track, channel: int) -> Iterator[Event]:
    """Note-on and note-off of every note."""
    rows = zip(*(column.tolist() for column in track.columns), strict=True)
    for onset, duration, pitch, velocity in rows:
        yield Event(onset, NOTE_ON | channel, bytes((pitch, velocity)))
        yield Event(onset + duration, NOTE_OFF | channel, bytes((pitch, 0)))


def state_events(track: Track, channel: int, end_tick: int) -> Iterator[Event]:
    """Controllers and pitch bends of a part.

    Those after the end move to the end: a pedal that is down would stay down without them.

    Args:
        track: The part.
        channel: Its channel, from 0.
        end_tick: End of the song.

    Yields:
        Each event.
    """
    for tick, number, value in track.controls.tolist():
        yield Event(min(tick, end_tick), CONTROLLER | channel, bytes((number, value)))
    for tick, value in track.bends.tolist():
        yield bend_event(min(tick, end_tick), channel, value)


def bend_event(tick: int, channel: int, value: int) -> Event:
    """A pitch bend.

    Args:
        tick: Time of the event.
        channel: Channel from 0.
        value: From -8192 to 8191.

    Returns:
        The event.
    """
    return Event(tick, PITCH_BEND | channel, bytes(((value + 8192) & 127, (value + 8192) >> 7)))


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events in time order; at one tick notes end first and start last, others keep their order."""
    return sorted(events, key=lambda event: (event.tick, _RANK.get(event.kind, 1)))


def _channels(tracks: tuple[Track, ...]) -> list[int]:
    """Channel of each part: one for each program, in the order of the parts."""
    programs = list(dict.fromkeys(track.program for track in tracks if not track.is_drum))
    of_program = {
        program: PITCHED_CHANNELS[number % len(PITCHED_CHANNELS)] for number, program in enumerate(programs)
    }
    return [DRUM_CHANNEL if track.is_drum else of_program[track.program] for track in tracks]


def _program_changes(tracks: tuple[Track, ...], channels: list[int]) -> list[list[Event]]:
    """Program changes of each part: one at the start, more where several programs share a channel."""
    changes: list[list[Event]] = [[] for _ in tracks]
    for channel in dict.fromkeys(channels):
        members = [number for number, each in enumerate(channels) if each == channel]
        onsets = np.concatenate([tracks[number].onset_tick for number in members])
        part = np.repeat(members, [len(tracks[number]) for number in members])
        order = np.argsort(onsets, kind="stable")
        turns = [(0, members[0]), *zip(onsets[order].tolist(), part[order].tolist(), strict=True)]
        by_program = groupby(turns, key=lambda turn: tracks[turn[1]].program)
        for program, (first, *_) in by_program:
            tick, number = first
            changes[number].append(program_event(tick, channel, program))
    return changes
