"""Every event of a MIDI file with its bytes, including events that a song has no place for.

symusic drops tracks without notes, and mido stops at meta events with impossible contents, such as a key of
nine sharps. Here an event is a tick and a few bytes, and the contents of meta events are not interpreted.
This module knows the byte format (Standard MIDI Files 1.0) and no music.
"""

from collections.abc import Iterator
from typing import NamedTuple

from symvae.errors import MidiError
from symvae.music.io.validate import EXPORT_AGAIN, check_header

NOTE_ON, KEY_AFTERTOUCH, CONTROLLER, PROGRAM, AFTERTOUCH, PITCH_BEND = 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
EXCLUSIVE, EXCLUSIVE_CONTINUED, META = 0xF0, 0xF7, 0xFF
#: Types of meta events.
TRACK_NAME, MARKER, CHANNEL_PREFIX, PORT, END_OF_TRACK = 0x03, 0x06, 0x20, 0x21, 0x2F
TEMPO, TIME_SIGNATURE = 0x51, 0x58


class Event(NamedTuple):
    """One event of a track."""

    tick: int
    """Time from the start of the track."""
    kind: int
    """Status byte without the channel: NOTE_ON …"""
    channel: int
    """0 to 15; 0 for events without a channel."""
    data: bytes
    """One or two data bytes of a channel event; type and text of a meta event; else any bytes."""


def read_tracks(data: bytes, where: str) -> list[list[Event]]:
    """Parse a MIDI file into the events of each track, in the order of the file.

    Raises:
        MidiError: The file is damaged; ``where`` names it.
    """
    check_header(data, where)
    at, tracks = 8 + int.from_bytes(data[4:8], "big"), []
    try:
        while at + 8 <= len(data):
            end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
            if data[at : at + 4] == b"MTrk":
                tracks.append(list(_events(data[at + 8 : end])))
            at = end
    except (IndexError, ValueError) as error:
        raise MidiError(f"{where} is damaged MIDI (in track {len(tracks) + 1}). {EXPORT_AGAIN}") from error
    return tracks


def track_name(track: list[Event]) -> str:
    """The first track name among the events, or an empty string."""
    names = (event.data[1:] for event in track if event.kind == META and event.data[0] == TRACK_NAME)
    name = next(names, b"")
    try:
        return name.decode("utf-8").strip()
    except UnicodeDecodeError:
        return name.decode("latin-1").strip()


def _events(chunk: bytes) -> Iterator[Event]:
    """Events of one track; IndexError where it is cut off, ValueError at a byte that cannot follow."""
    tick = at = running = 0
    while at < len(chunk):
        delta, at = _variable_length(chunk, at)
        tick += delta
        status = running
        if chunk[at] & 0x80:
            status = chunk[at]
            at += 1
        if status < 0x80 or EXCLUSIVE_CONTINUED > status > EXCLUSIVE or META > status > EXCLUSIVE_CONTINUED:
            raise ValueError(status)
        if status < EXCLUSIVE:
            running = status  # running status: the next event may leave out an equal status byte
            length = 1 if status & 0xF0 in (PROGRAM, AFTERTOUCH) else 2
            start = first = at
            kind, channel = status & 0xF0, status & 0x0F
        else:
            first = at + (status == META)
            length, start = _variable_length(chunk, first)
            kind, channel = status, 0
        if start + length > len(chunk):
            raise IndexError(start)
        yield Event(tick, kind, channel, chunk[at:first] + chunk[start : start + length])
        at = start + length


def _variable_length(chunk: bytes, at: int) -> tuple[int, int]:
    """A variable-length quantity (seven bits a byte, the last byte below 0x80) and the index after it."""
    value = 0
    while True:
        value = value << 7 | chunk[at] & 0x7F
        at += 1
        if chunk[at - 1] < 0x80:
            return value, at
