"""Events of a MIDI file: as mido reads them, where mido gives up, and what is tolerated."""

from itertools import chain

import mido
import pytest

from symvae.errors import MidiError
from symvae.music.io.events import CONTROLLER, META, Event, read_events, to_bytes, track_name
from symvae.music.io.midi_read import load
from symvae.music.io.repairs import Repair
from tests.conftest import TUNES
from tests.midi_bytes import chunk, control, meta, midi, note


def file_of(*tracks: bytes, declared: int | None = None) -> bytes:
    count = len(tracks) if declared is None else declared
    head = b"MThd" + (6).to_bytes(4, "big") + bytes([0, 1, 0, count, 1, 224])
    return head + b"".join(b"MTrk" + len(track).to_bytes(4, "big") + track for track in tracks)


def repairs_of(data: bytes) -> dict[Repair, int]:
    return {each.kind: each.count for each in load(data).repairs}


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
    found = read_events(path.read_bytes(), path.name).tracks
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
    (events,) = read_events(file_of(track), "here").tracks
    assert events[0] == Event(0, CONTROLLER | 3, bytes([7, 100]))
    assert [(e.tick, e.data[0]) for e in events if e.kind == CONTROLLER] == [
        (0, 7),
        (5, 7),
        (5, 10),
        (133, 10),
    ]
    assert track_name(events).decode() == "ü"


def test_bytes_of_text_exclusive_and_unknown_events_stay():
    odd = [
        meta(3, 0x05, b"\xe9\x00\xff"),
        (5, b"\xf0\x03\x7e\x09\xf7"),
        meta(9, 0x6E, bytes(300)),
        *note(0, 96, 60),
    ]
    data = midi(odd)
    again = to_bytes(read_events(data, "it"))
    assert read_events(again, "it").tracks == read_events(data, "it").tracks
    assert bytes(300) in again


def test_chunks_of_unknown_types_stay_in_their_places():
    data = midi(note(0, 96, 60), note(0, 96, 64))
    second = data.rindex(b"MTrk")
    data = data[:second] + b"XFIH\x00\x00\x00\x03abc" + data[second:]
    assert to_bytes(read_events(data, "it")) == data


@pytest.mark.parametrize(
    ("wrapped", "kind"),
    [
        (lambda data: b"RIFF" + bytes(4) + b"RMIDdata" + bytes(4) + data, Repair.UNWRAPPED),
        (lambda data: b"\x00\x04song" + bytes(122) + data + bytes(60), Repair.UNWRAPPED),
        (lambda data: data[:-9], Repair.CUT_TRACK),
        (lambda data: data[:11] + b"\x05" + data[12:], Repair.MISSING_TRACK),
    ],
    ids=["RMID", "MacBinary", "cut", "missing tracks"],
)  # fmt: skip
def test_files_of_other_tools_and_halves_are_read(wrapped, kind):
    data = midi([*note(0, 480, 60), *note(480, 960, 62)])
    song = load(wrapped(data))
    assert song.tracks[0].pitch.tolist()[:1] == [60]
    assert len(song.tracks[0]) == 2
    assert repairs_of(wrapped(data))[kind] >= 1


def test_a_cut_file_gives_the_whole_events_before_the_cut():
    data = midi([each for beat in range(8) for each in note(beat * 480, beat * 480 + 400, 60 + beat)])
    for length in range(30, len(data)):
        song = load(data[:length])
        assert song.tracks[0].pitch.tolist() == list(range(60, 60 + len(song.tracks[0])))
        assert repairs_of(data[:length])[Repair.CUT_TRACK] == 1


@pytest.mark.parametrize(
    "track", [bytes([0, 0x90, 60]), bytes([0, 60, 60]), bytes([0, 0xFF, 1, 9, 0]), b"\x81", b"\xff" * 6]
)
def test_a_damaged_track_gives_its_events_before_the_damage(track):
    kept = b"\x00\xff\x01\x01a"
    midi_file = read_events(file_of(b"\0\xff\x2f\0", kept + track), "here.mid")
    assert midi_file.tracks[1] == [Event(0, META, b"\x01a")]
    assert [each.kind for each in midi_file.repairs] in ([Repair.CUT_TRACK], [Repair.DAMAGED_TRACK])


def test_data_bytes_over_127_are_clipped_and_counted():
    data = midi([control(0, 7, 168), (0, bytes([0x90, 60, 200])), (480, bytes([0x80, 60, 0]))])
    song = load(data)
    assert song.tracks[0].controls.tolist() == [[0, 7, 127]]
    assert song.tracks[0].velocity.tolist() == [127]
    assert repairs_of(data) == {Repair.CLIPPED_BYTE: 2}


def test_system_messages_of_the_wire_are_skipped():
    data = midi([(0, b"\xf8"), (0, b"\xf2\x01\x02"), (0, b"\xfe"), *note(0, 480, 60)])
    assert load(data).num_notes == 1
    assert repairs_of(data) == {Repair.UNKNOWN_STATUS: 3}


def test_impossible_tempos_and_metres_are_skipped_and_counted():
    wrong = [
        meta(0, 0x51, b"\x00\x00\x00"),
        meta(480, 0x51, b"\x01"),
        meta(0, 0x58, b"\x00\x02\x18\x08"),
        meta(480, 0x58, b"\x03"),
        meta(960, 0x58, b"\x04\x3c\x18\x08"),
    ]
    song = load(midi([*wrong, meta(0, 0x58, b"\x03\x02"), *note(0, 480, 60)]))
    assert [change.name for change in song.metres] == ["3/4"]
    assert [change.qpm for change in song.tempos] == [120.0]
    assert {each.kind: each.count for each in song.repairs} == {
        Repair.IMPOSSIBLE_TEMPO: 2,
        Repair.IMPOSSIBLE_METRE: 3,
    }


def test_patterns_of_format_2_follow_each_other_and_are_told():
    song = load(midi(note(0, 480, 60), note(240, 960, 62), kind=2))
    assert [track.onset_tick.tolist() for track in song.tracks] == [[0], [720]]
    assert str(song.repairs[0]) == "an independent pattern (format 2) is read after the one before (×2)"


def test_more_events_than_the_limit_are_refused():
    track = b"\x00\xc0\x00" + b"\x00\x00" * 1_000_001
    with pytest.raises(MidiError, match="more than 1000000 events"):
        read_events(file_of(track), "flood.mid")


def test_a_file_without_end_of_track_gets_one():
    head = midi(note(0, 480, 60))[:14]
    data = head + chunk(note(0, 480, 60), end=False)
    assert to_bytes(read_events(data, "it")) == head + chunk(note(0, 480, 60))
