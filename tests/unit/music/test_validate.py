"""Files that cannot be read as music, each with its error, and the invariants of songs that can."""

import struct
from pathlib import Path

import pytest

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import write
from symvae.music.io.validate import validated
from symvae.music.song import MetreChange, TempoChange
from tests.unit.music.conftest import TUNE, song_of


def midi_file(events: bytes = b"\x00\xff\x2f\x00", division: int = 480, tracks: int = 1) -> bytes:
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, tracks, division)
    return head + struct.pack(">4sI", b"MTrk", len(events)) + events


NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
END = b"\x00\xff\x2f\x00"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "is empty"),
        (b"RIFF" + bytes(40), "does not begin with MThd"),
        (b"MThd\x00\x00", "cut off within its first 14 bytes"),
        (midi_file(division=0), "0 ticks per quarter"),
        (midi_file(division=0xE728), "film frames"),
        (midi_file()[:14], "cut off: it has no track"),
        (midi_file(NOTE + b"\xff\xff\xff\x7f\x90\x3c\x40\x60\x80\x3c\x00" + END), "quarter notes; at most"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_broken_file_has_its_own_error(data: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(data)
    with pytest.raises(MidiError, match=fault) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")


def test_paths_that_cannot_be_read_raise_midi_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_impossible_songs_are_rejected(changes: dict, fault: str) -> None:
    with pytest.raises(MidiError, match=fault):
        validated(song_of(**changes), "it", "")


def test_songs_beyond_the_limits_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    song = song_of()
    with pytest.raises(MidiError, match="has 257 tracks"):
        validated(song_of(tracks=song.tracks * 257), "it", "")
    monkeypatch.setattr(limits, "NOTES", limits.NOTES._replace(most=0))
    with pytest.raises(MidiError, match="holds 1 notes"):
        validated(song, "it", "")


def test_validation_establishes_the_invariants_of_a_song() -> None:
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
