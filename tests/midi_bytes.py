"""MIDI files made by hand, byte by byte, so that nothing of the package helps to make them."""

import struct
from collections.abc import Sequence


def quantity(value: int) -> bytes:
    """A variable-length quantity."""
    digits = [value & 127]
    while value := value >> 7:
        digits.append(value & 127 | 128)
    return bytes(reversed(digits))


def note(start: int, end: int, pitch: int, channel: int = 0, velocity: int = 90) -> list[tuple[int, bytes]]:
    """Tick and bytes of a note-on and a note-off."""
    return [
        (start, bytes([0x90 | channel, pitch, velocity])),
        (end, bytes([0x80 | channel, pitch, 64])),
    ]


def strike(tick: int, pitch: int, channel: int = 0, velocity: int = 90) -> tuple[int, bytes]:
    """A note-on alone."""
    return tick, bytes([0x90 | channel, pitch, velocity])


def program(tick: int, number: int, channel: int = 0) -> tuple[int, bytes]:
    return tick, bytes([0xC0 | channel, number])


def control(tick: int, number: int, value: int, channel: int = 0) -> tuple[int, bytes]:
    return tick, bytes([0xB0 | channel, number, value])


def bend(tick: int, value: int, channel: int = 0) -> tuple[int, bytes]:
    """A pitch bend from -8192 to 8191."""
    return tick, bytes([0xE0 | channel, (value + 8192) & 127, (value + 8192) >> 7])


def meta(tick: int, kind: int, content: bytes) -> tuple[int, bytes]:
    return tick, bytes([0xFF, kind]) + quantity(len(content)) + content


def named(name: str, encoding: str = "utf-8") -> tuple[int, bytes]:
    return meta(0, 0x03, name.encode(encoding))


def tempo(tick: int, qpm: float) -> tuple[int, bytes]:
    return meta(tick, 0x51, round(60e6 / qpm).to_bytes(3, "big"))


def chunk(events: Sequence[tuple[int, bytes]], end: bool = True) -> bytes:
    """A track of events at absolute ticks, sorted by tick."""
    written, now = b"", 0
    for tick, data in sorted(events, key=lambda event: event[0]):
        written += quantity(tick - now) + data
        now = tick
    written += b"\x00\xff\x2f\x00" if end else b""
    return b"MTrk" + len(written).to_bytes(4, "big") + written


def midi(*tracks: Sequence[tuple[int, bytes]], division: int = 480, kind: int = 1) -> bytes:
    """A MIDI file of tracks of events at absolute ticks."""
    return struct.pack(">4sIHHH", b"MThd", 6, kind, len(tracks), division) + b"".join(map(chunk, tracks))
