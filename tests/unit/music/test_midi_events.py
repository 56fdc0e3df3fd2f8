"""Events of a MIDI file: as mido reads them, and where mido gives up."""

from itertools import chain

import mido
import pytest

from symvae.errors import MidiError
from symvae.music.io.events import CONTROLLER, META, Event, read_tracks, track_name
from tests.conftest import TUNES


def file_of(*tracks: bytes) -> bytes:
    head = b"MThd" + (6).to_bytes(4, "big") + bytes([0, 1, 0, len(tracks), 1, 224])
    return head + b"".join(b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks)


def as_mido_reads(path) -> list[list[tuple[int, bytes]]]:
    tracks = []
    for track in mido.MidiFile(path).tracks:
        tick, rows = 0, []
        for message in track:
            tick += message.time
            rows.append((tick, bytes(message.bytes())))
        tracks.append(rows)
    return tracks


@pytest.mark.parametrize("path", sorted(TUNES.glob("*.mid")), ids=lambda path: path.stem)
def test_events_agree_with_mido(path):
    found = read_tracks(path.read_bytes(), path.name)
    expected = as_mido_reads(path)
    assert [[event.tick for event in track] for track in found] == [
        [tick for tick, _ in track] for track in expected
    ]
    for event, (_, message) in zip(chain(*found), chain(*expected), strict=True):
        if event.kind == META:
            assert (message[:2], message[3:]) == (bytes([META]) + event.data[:1], event.data[1:])
        else:
            assert message == bytes([event.kind | event.channel]) + event.data


def test_running_status_continues_after_meta_and_exclusive_events():
    track = bytes([0, 0xB3, 7, 100, 5, 7, 90, 0, 0xFF, 0x03, 2]) + "ü".encode() + bytes([0, 10, 64])
    track += bytes([0, 0xF0, 2, 1, 0xF7, 0x81, 0, 10, 0, 0, 0xFF, 0x2F, 0])
    (events,) = read_tracks(file_of(track), "here")
    assert events[0] == Event(0, CONTROLLER, 3, bytes([7, 100]))
    assert [(e.tick, e.data[0]) for e in events if e.kind == CONTROLLER] == [
        (0, 7),
        (5, 7),
        (5, 10),
        (133, 10),
    ]
    assert track_name(events) == "ü"


@pytest.mark.parametrize(
    "track", [bytes([0, 0x90, 60]), bytes([0, 60, 60]), bytes([0, 0xF4]), bytes([0, 0xFF, 1, 9, 0]), b"\x81"]
)
def test_a_damaged_track_is_named_in_the_error(track):
    with pytest.raises(MidiError) as refused:
        read_tracks(file_of(b"\0\xff\x2f\0", track), "here.mid")
    assert str(refused.value).startswith("here.mid is damaged MIDI (in track 2). ")
