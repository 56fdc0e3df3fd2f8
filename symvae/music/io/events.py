"""The events of a MIDI file, all of them, with their bytes: reading and writing gives the same events.

    midi = read_events(data, "song.mid")
    assert read_events(to_bytes(midi), "again").tracks == midi.tracks

An event is a tick, a status byte and data bytes; contents of meta events are not interpreted, so that text
in any encoding, exclusive messages and unknown events pass unharmed. Running status is resolved. The reader
is as tolerant as players are, and counts what it tolerated (see `symvae.music.io.repairs`).

This module knows the byte format (Standard MIDI Files 1.0) and no music.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.repairs import Repair, Repaired, repaired

EXPORT_AGAIN = "Export it again from the program that made it."

NOTE_OFF, NOTE_ON, KEY_AFTERTOUCH, CONTROLLER = 0x80, 0x90, 0xA0, 0xB0
PROGRAM, AFTERTOUCH, PITCH_BEND = 0xC0, 0xD0, 0xE0
EXCLUSIVE, EXCLUSIVE_CONTINUED, META = 0xF0, 0xF7, 0xFF
#: Types of meta events; 0x01 to 0x0F are text.
TEXT, TRACK_NAME, LYRIC, MARKER, CUE = 0x01, 0x03, 0x05, 0x06, 0x07
CHANNEL_PREFIX, PORT, END_OF_TRACK = 0x20, 0x21, 0x2F
TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x51, 0x58, 0x59
#: Data bytes of the system messages, which belong to a wire and not to a file.
_SYSTEM_LENGTHS = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_CLIPPED = bytes(range(128)) + bytes([127] * 128)
#: The standard allows four digits; some programs write one more.
_MOST_DIGITS = 5
#: A wrapper may precede the data by this many bytes.
_MOST_WRAPPING = 4096


class Event(NamedTuple):
    """One event of a track."""

    tick: int
    """Time from the start of the track."""
    status: int
    """Status byte: kind and channel of a channel event; META; EXCLUSIVE or EXCLUSIVE_CONTINUED."""
    data: bytes
    """One or two data bytes of a channel event; type and content of a meta event; else any bytes."""

    @property
    def kind(self) -> int:
        """The status without the channel."""
        return self.status & 0xF0 if self.status < EXCLUSIVE else self.status

    @property
    def channel(self) -> int:
        """0 to 15; 0 for events without a channel."""
        return self.status & 0x0F if self.status < EXCLUSIVE else 0


@dataclass(frozen=True)
class MidiFile:
    """A MIDI file as its events."""

    format: int
    """0: one track; 1: parallel tracks; 2: independent patterns."""
    ticks_per_quarter: int
    tracks: tuple[list[Event], ...]
    """Events of each track in the order of the file, with ascending ticks."""
    other_chunks: tuple[tuple[int, bytes], ...] = ()
    """Chunks of unknown types: the number of tracks before each, and its bytes with the head."""
    repairs: tuple[Repaired, ...] = ()
    """What was tolerated while reading."""


def read_events(data: bytes, where: str) -> MidiFile:
    """Parse a MIDI file.

    Args:
        data: The whole file: SMF, or SMF within RMID, MacBinary or after other leading bytes.
        where: The file in error messages.

    Returns:
        All events. A damaged or cut track gives those before the damage.

    Raises:
        MidiError: The data is no MIDI, counts time in film frames, or exceeds a limit.
    """
    counts: Counter[Repair] = Counter()
    data = _unwrapped(data, where, counts)
    header_length = int.from_bytes(data[4:8], "big")
    kind, declared, division = (int.from_bytes(data[at : at + 2], "big") for at in (8, 10, 12))
    _check_division(division, where)
    tracks: list[list[Event]] = []
    others: list[tuple[int, bytes]] = []
    at, num_events = 8 + max(header_length, 6), 0
    while at + 8 <= len(data) and (len(tracks) < declared or data[at : at + 4] == b"MTrk"):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            limits.TRACKS.check(len(tracks) + 1, where)
            track, is_cut = _events(data[at + 8 : end], counts, limits.EVENTS.most - num_events)
            counts[Repair.CUT_TRACK] += is_cut or end > len(data)
            num_events += len(track)
            limits.EVENTS.check(num_events, where)
            tracks.append(track)
        elif end <= len(data):
            others.append((len(tracks), data[at:end]))
        at = end
    counts[Repair.MISSING_TRACK] += max(0, declared - len(tracks))
    if not tracks and declared:
        raise MidiError(f"{where} is cut off: it has no track. {EXPORT_AGAIN}")
    return MidiFile(kind, division, tuple(tracks), tuple(others), repaired(counts))


def to_bytes(midi: MidiFile) -> bytes:
    """A MIDI file as bytes; every track ends with an end-of-track event."""
    chunks = [_track_chunk(track) for track in midi.tracks]
    for before, chunk in reversed(midi.other_chunks):
        chunks.insert(before, chunk)
    kind = midi.format if len(midi.tracks) == 1 or midi.format else 1
    words = (kind, len(midi.tracks), midi.ticks_per_quarter)
    header = b"MThd" + (6).to_bytes(4, "big") + b"".join(word.to_bytes(2, "big") for word in words)
    return header + b"".join(chunks)


def meta(tick: int, kind: int, content: bytes) -> Event:
    """A meta event.

    Args:
        tick: Time of the event.
        kind: Its type, such as `TEMPO`.
        content: Its bytes.

    Returns:
        The event.
    """
    return Event(tick, META, bytes([kind]) + content)


def is_meta(event: Event, kind: int) -> bool:
    """Tell whether an event is a meta event of a type."""
    return event.status == META and event.data[0] == kind


def track_name(track: list[Event]) -> bytes:
    """Bytes of the first track name among the events, or empty."""
    return next((event.data[1:] for event in track if is_meta(event, TRACK_NAME)), b"")


def _unwrapped(data: bytes, where: str, counts: Counter[Repair]) -> bytes:
    """The data from MThd on."""
    limits.FILE_MIB.check(len(data) / limits.MIB, where)
    if not data:
        raise MidiError(f"{where} is empty. {EXPORT_AGAIN}")
    if data[:4] != b"MThd":
        start = data.find(b"MThd", 0, _MOST_WRAPPING)
        if start < 0:
            raise MidiError(f"{where} is not a MIDI file: it does not begin with MThd. Give a .mid file.")
        counts[Repair.UNWRAPPED] += 1
        data = data[start:]
    if len(data) < 14:
        raise MidiError(f"{where} is cut off within its first 14 bytes. {EXPORT_AGAIN}")
    return data


def _check_division(division: int, where: str) -> None:
    if division == 0:
        raise MidiError(f"{where} has 0 ticks per quarter note, so no note has a time. {EXPORT_AGAIN}")
    if division & 0x8000:
        raise MidiError(
            f"{where} counts time in film frames (SMPTE), not beats. Export it with ticks per quarter note."
        )


def _events(chunk: bytes, counts: Counter[Repair], most: int) -> tuple[list[Event], bool]:
    """Events of one track, at most one more than ``most``, and whether its end cuts an event."""
    found: list[Event] = []
    take = found.append
    tick = at = running = clipped = 0
    size, is_cut = len(chunk), False
    try:
        while at < size and len(found) <= most:
            delta = chunk[at]
            at += 1
            if delta >= 0x80:
                delta, at = _variable_length(chunk, at - 1)
            tick += delta
            status = chunk[at]
            if status >= 0x80:
                at += 1
            elif running:
                status = running
            else:
                raise ValueError(status)
            if status < EXCLUSIVE:
                running = status  # the next event may leave out an equal status byte
                end = at + (1 if PROGRAM <= status < PITCH_BEND else 2)
                data = chunk[at:end]
                if end > size:
                    raise IndexError(end)
                if not data.isascii():
                    clipped += sum(byte > 127 for byte in data)
                    data = data.translate(_CLIPPED)
            elif status in (META, EXCLUSIVE, EXCLUSIVE_CONTINUED):
                first = at + (status == META)
                length, start = _variable_length(chunk, first)
                end = start + length
                if end > size:
                    raise IndexError(end)
                data = chunk[at:first] + chunk[start:end]
            else:
                counts[Repair.UNKNOWN_STATUS] += 1
                at += _SYSTEM_LENGTHS.get(status, 0)
                continue
            take(Event(tick, status, data))
            at = end
    except IndexError:
        is_cut = True
    except ValueError:
        counts[Repair.DAMAGED_TRACK] += 1
    counts[Repair.CLIPPED_BYTE] += clipped
    return found, is_cut


def _variable_length(chunk: bytes, at: int) -> tuple[int, int]:
    """A variable-length quantity (seven bits a byte, the last byte below 0x80) and the index after it.

    IndexError where the chunk ends in it, ValueError where it is longer than a quantity can be.
    """
    value = 0
    for position in range(at, at + _MOST_DIGITS):
        value = value << 7 | chunk[position] & 0x7F
        if chunk[position] < 0x80:
            return value, position + 1
    raise ValueError(at)


def _track_chunk(track: list[Event]) -> bytes:
    written = bytearray()
    now = 0
    if not track or not is_meta(track[-1], END_OF_TRACK):
        track = [*track, meta(track[-1].tick if track else 0, END_OF_TRACK, b"")]
    for tick, status, data in track:
        delta, now = tick - now, tick
        if delta < 0x80:
            written.append(delta)
        else:
            written += _quantity(delta)
        written.append(status)
        if status < EXCLUSIVE:
            written += data
        elif status == META:
            written.append(data[0])
            written += _quantity(len(data) - 1) + data[1:]
        else:
            written += _quantity(len(data)) + data
    return b"MTrk" + len(written).to_bytes(4, "big") + bytes(written)


def _quantity(value: int) -> bytes:
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))
