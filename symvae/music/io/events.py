"""Every event of a MIDI file as it stands there, also what a song has no place for.

symusic forgets a track that has no note; other readers stop at a meta event that says what cannot be, as a
key of nine sharps. Here an event is a few bytes at a tick, and nobody asks what a meta event says. This
module knows how the bytes follow each other (Standard MIDI Files 1.0) and no music.
"""

from collections.abc import Iterator
from typing import NamedTuple

from symvae.errors import MidiError
from symvae.music.io.limits import EXPORT_AGAIN, check_header

NOTE_ON, AFTERTOUCH_OF_KEY, CONTROLLER, PROGRAM, AFTERTOUCH, BEND = 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
EXCLUSIVE, EXCLUSIVE_GOES_ON, META = 0xF0, 0xF7, 0xFF
TRACK_NAME, MARKER = 0x03, 0x06


class Event(NamedTuple):
    """Something that happens in a track."""

    tick: int
    kind: int
    """NOTE_ON and so on, without the channel."""
    channel: int
    """From 0 to 15; 0 for what has none."""
    data: bytes
    """One or two bytes of a channel's event, else of any length; of a meta event the first is its type."""


def tracks_in(data: bytes, where: str) -> list[list[Event]]:
    """The events of each track of a MIDI file, front to back; raises `MidiError` for a damaged one."""
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


def name_of(track: list[Event]) -> str:
    """The name that a track gives itself, or nothing."""
    named = (event.data[1:] for event in track if event.kind == META and event.data[0] == TRACK_NAME)
    name = next(named, b"")
    try:
        return name.decode("utf-8").strip()
    except UnicodeDecodeError:
        return name.decode("latin-1").strip()


def _events(chunk: bytes) -> Iterator[Event]:
    """The events of one track; IndexError where it is cut off, ValueError where a byte cannot follow."""
    tick = at = running = 0
    while at < len(chunk):
        delta, at = _number(chunk, at)
        tick += delta
        status = running
        if chunk[at] & 0x80:
            status = chunk[at]
            at += 1
        if status < 0x80 or EXCLUSIVE_GOES_ON > status > EXCLUSIVE or META > status > EXCLUSIVE_GOES_ON:
            raise ValueError(status)
        if status < EXCLUSIVE:
            running = status  # an event of the same kind and channel need not say so again
            length = 1 if status & 0xF0 in (PROGRAM, AFTERTOUCH) else 2
            start = first = at
            kind, channel = status & 0xF0, status & 0x0F
        else:
            first = at + (status == META)
            length, start = _number(chunk, first)
            kind, channel = status, 0
        if start + length > len(chunk):
            raise IndexError(start)
        yield Event(tick, kind, channel, chunk[at:first] + chunk[start : start + length])
        at = start + length


def _number(chunk: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the last byte below 0x80, and where it ends."""
    value = 0
    while True:
        value = value << 7 | chunk[at] & 0x7F
        at += 1
        if chunk[at - 1] < 0x80:
            return value, at
