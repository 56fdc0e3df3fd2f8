"""MIDI files: what is written, who else can read it, and the sentence for each that cannot be read."""

import struct
from dataclasses import replace
from pathlib import Path

import mido
import muspy
import numpy as np
import pretty_midi
import pytest

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io import limits
from symvae.music.io.dropped_events import dropped_events
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes, to_bytes, write
from symvae.music.io.pretty_midi_bridge import to_pretty_midi
from symvae.music.io.validate import validated
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import windows

TUNE = Phrase(
    Grid.of_metre("6/8", 3),
    onset_step=np.array([0, 6, 8, 14]),
    duration_step=np.array([6, 2, 4, 4]),
    pitch=np.array([69, 72, 74, 76]),
    velocity=np.array([100, 80, 64, 1]),
    tempo_qpm=97.31,
)


def midi_file(events: bytes = b"\x00\xff\x2f\x00", division: int = 480, tracks: int = 1) -> bytes:
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, tracks, division)
    return head + struct.pack(">4sI", b"MTrk", len(events)) + events


def meta(kind: int, data: bytes) -> bytes:
    return bytes([0x00, 0xFF, kind, len(data)]) + data


NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
END = b"\x00\xff\x2f\x00"


def song_of(**changes) -> Song:
    columns = {"onset_tick": [0], "duration_tick": [480], "pitch": [60], "velocity": [90]}
    columns |= {name: changes.pop(name) for name in list(changes) if name in columns}
    track = Track("melody", 0, False, *(np.array(column) for column in columns.values()))
    parts = {"ticks_per_quarter": 480, "metres": (MetreChange(0, 4, 4),), "tempos": (TempoChange(0, 120.0),)}
    return Song(**({**parts, "tracks": (track,), "end_tick": 0} | changes))


def test_tempo_metre_and_velocity_survive(tmp_path: Path) -> None:
    song = load(write(TUNE, tmp_path / "tune.mid", program=73))
    assert [m.name for m in song.metres] == ["6/8"]
    assert song.tempo_qpm_at(0) == 97.31
    assert song.tracks[0].velocity.tolist() == [100, 80, 64, 1]
    assert song.tracks[0].program == 73
    assert song.name == "tune"
    assert song.end_tick == 36 * 120


def test_other_libraries_read_what_we_write(tmp_path: Path) -> None:
    path = write(TUNE, tmp_path / "tune.mid", program=24)
    midi = pretty_midi.PrettyMIDI(str(path))
    assert [(s.numerator, s.denominator) for s in midi.time_signature_changes] == [(6, 8)]
    assert midi.get_tempo_changes()[1] == pytest.approx([97.31], abs=0.005)
    assert [n.pitch for n in midi.instruments[0].notes] == TUNE.pitch.tolist()
    assert midi.instruments[0].program == 24
    music = muspy.read_midi(path)
    assert [n.pitch for n in music.tracks[0].notes] == TUNE.pitch.tolist()
    assert [n.time for n in music.tracks[0].notes] == (TUNE.onset_step * 120).tolist()
    assert (music.time_signatures[0].numerator, music.time_signatures[0].denominator) == (6, 8)
    assert music.tempos[0].qpm == pytest.approx(97.31, abs=0.005)


def test_a_pretty_midi_file_written_elsewhere_is_read(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.mid"
    to_pretty_midi(TUNE).write(str(path))
    notes = windows(load(path), TUNE.grid).phrases[0]
    assert notes.onset_step.tolist() == TUNE.onset_step.tolist()
    assert notes.velocity.tolist() == TUNE.velocity.tolist()


def test_of_equal_pitches_that_overlap_the_earlier_is_cut() -> None:
    tangled = Phrase(Grid(1), np.array([0, 2, 2]), np.array([8, 4, 2]), np.array([60, 60, 60]))
    (read,) = windows(load(to_bytes(tangled)), tangled.grid, polyphonic=True).phrases
    assert (read.onset_step.tolist(), read.duration_step.tolist()) == ([0, 2], [2, 4])


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(b"mine")
    with pytest.raises(MidiError, match=r"exists\. Choose another name"):
        write(TUNE, path)
    assert path.read_bytes() == b"mine"
    assert load(write(TUNE, path, force=True)).num_notes == 4


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="is a folder"):
        write(TUNE, tmp_path)
    with pytest.raises(MidiError, match="Choose a folder that exists"):
        write(TUNE, tmp_path / "nowhere" / "tune.mid")
    with pytest.raises(MidiError, match="no General MIDI program 128"):
        to_bytes(TUNE, program=128)
    with pytest.raises(MidiError, match=r"cannot hold 2 quarter notes a minute"):
        to_bytes(TUNE.with_tempo(2.0))


def test_the_same_phrase_is_the_same_file() -> None:
    assert to_bytes(TUNE) == to_bytes(TUNE)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "is empty"),
        (b"RIFF" + bytes(40), "does not begin with MThd"),
        (b"MThd\x00\x00", "cut off within its first 14 bytes"),
        (midi_file(division=0), "0 ticks per quarter"),
        (midi_file(division=0xE728), "film frames"),
        (midi_file(NOTE + END)[:-3], "is cut off: a track of 12 bytes"),
        (midi_file(tracks=3), "declares 3 tracks and has 1"),
        (midi_file(b"\x00\x90\x3c"), "damaged MIDI"),
        (midi_file(b"\x00\x90\xbc\x40" + END), "damaged MIDI"),
        (midi_file(meta(0x51, b"\x00\x00\x00") + NOTE + END), "impossible tempo"),
        (midi_file(meta(0x58, b"\x00\x02\x18\x08") + NOTE + END), "impossible time signature, 0/4"),
        (midi_file(meta(0x58, b"\x04\x3c\x18\x08") + NOTE + END), "time signature"),
        (midi_file(NOTE + b"\xff\xff\xff\x7f\x90\x3c\x40\x60\x80\x3c\x00" + END), "quarter notes; at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_broken_file_has_its_sentence(data: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(data)
    with pytest.raises(MidiError, match=fault) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")


def test_what_is_no_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MidiError, match="There is no file"):
        load(tmp_path / "none.mid")
    with pytest.raises(MidiError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(MidiError, match="a device or a pipe"):
        load("/dev/null")
    path = write(TUNE, tmp_path / "tune.mid")
    with monkeypatch.context() as locked:
        locked.setattr(Path, "read_bytes", lambda self: (_ for _ in ()).throw(PermissionError("denied")))
        with pytest.raises(MidiError, match="cannot be opened: denied"):
            load(path)
    monkeypatch.setattr("symvae.music.io.file_bytes.FILE_MIB", limits.FILE_MIB._replace(most=0))
    with pytest.raises(MidiError, match="larger than"):
        load(path)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"onset_tick": [-480]}, "before the beginning"),
        ({"duration_tick": [-1]}, "ends before it starts"),
        ({"pitch": [128]}, "pitch outside"),
        ({"velocity": [0]}, "velocity outside"),
        ({"ticks_per_quarter": 0}, "0 ticks per quarter"),
        ({"metres": (MetreChange(0, 4, 3),)}, "time signature, 4/3"),
        ({"tempos": (TempoChange(0, float("inf")),)}, "impossible tempo"),
        ({"end_tick": 480 * (limits.QUARTERS.most + 1)}, "at most 40000"),
        ({"metres": (MetreChange(0, 4, 4),) * (limits.METRES.most + 1)}, "changes metre more than"),
        ({"tempos": (TempoChange(0, 90.0),) * (limits.TEMPOS.most + 1)}, "changes tempo more than"),
    ],
)
def test_the_guard_names_what_no_song_can_be(changes: dict, fault: str) -> None:
    with pytest.raises(MidiError, match=fault):
        validated(song_of(**changes), "it", "")


def test_too_many_notes_and_tracks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    song = song_of()
    with pytest.raises(MidiError, match="has 257 tracks"):
        validated(song_of(tracks=song.tracks * 257), "it", "")
    monkeypatch.setattr(limits, "NOTES", limits.NOTES._replace(most=0))
    with pytest.raises(MidiError, match="holds 1 notes"):
        validated(song, "it", "")


def test_the_guard_keeps_the_promises_of_a_song() -> None:
    late = song_of(
        duration_tick=[0],
        metres=(MetreChange(960, 3, 4), MetreChange(960, 6, 8)),
        tempos=(TempoChange(960, 60.0),),
    )
    song = validated(late, "it", "late")
    assert [(m.tick, m.name) for m in song.metres] == [(0, "4/4"), (960, "6/8")]
    assert [(t.tick, t.qpm) for t in song.tempos] == [(0, 120.0), (960, 60.0)]
    assert song.tracks[0].duration_tick.tolist() == [1]
    assert song.end_tick == 1


def test_a_pretty_midi_with_impossible_times_is_a_midi_error() -> None:
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0))
    midi.instruments[0].notes.append(pretty_midi.Note(90, 60, float("nan"), 1.0))
    with pytest.raises(MidiError, match=r"contradicts itself|before"):
        load(midi)


def test_a_song_of_several_tracks_is_written_and_read() -> None:
    song = song_of(
        tracks=(song_of().tracks[0], Track("drums", 0, True, *song_of(pitch=[38]).tracks[0].columns))
    )
    read = load(song_to_bytes(song))
    assert [(t.name, t.is_drum, t.pitch.tolist()) for t in read.tracks] == [
        ("melody", False, [60]),
        ("drums", True, [38]),
    ]


def test_a_pedal_that_is_released_behind_the_end_is_released() -> None:
    late = replace(
        song_of().tracks[0],
        controls=np.array([[0, 64, 127], [10**6, 64, 0]]),
        bends=np.array([[0, 500], [10**6, 0]]),
    )
    song = song_of(tracks=(late,), end_tick=480)
    (read,) = load(song_to_bytes(song)).tracks
    assert read.controls.tolist() == [[0, 64, 127], [song.end_tick, 64, 0]]
    assert read.bends.tolist() == [[0, 500], [song.end_tick, 0]]


def test_what_a_song_does_not_hold_is_counted(tmp_path) -> None:
    song = mido.MidiFile(ticks_per_beat=480)
    notes = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name="melody"),
            mido.MetaMessage("key_signature", key="G"),
            mido.MetaMessage("lyrics", text="Freu-"),
            mido.MetaMessage("lyrics", text="de"),
            mido.MetaMessage("marker", text="verse"),
            mido.MetaMessage("marker", text="End"),
            mido.Message("control_change", channel=0, control=64, value=0),
            mido.Message("control_change", channel=1, control=64, value=0),
            mido.Message("pitchwheel", channel=1, pitch=5),
            mido.Message("aftertouch", value=50),
            mido.Message("polytouch", note=60, value=50),
            mido.Message("note_on", note=60, velocity=80),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    song.tracks.append(notes)
    song.save(tmp_path / "song.mid")
    assert dropped_events(tmp_path / "song.mid") == {
        "key signature": 1,
        "lyric": 2,
        "marker": 1,
        "noteless controller": 1,
        "noteless pitch bend": 1,
        "aftertouch event": 2,
    }
