"""Songs of which a part is kept, note for note."""

from pathlib import Path

import mido
import numpy as np
import pytest

import symvae
from symvae.errors import ConfigError, MidiError
from symvae.music.io.midi_read import load
from symvae.pipelines import fade_versions
from tests.fader_models import ODE
from tests.songs import columns

EDIT = {"notes_per_bar": "+4"}


@pytest.fixture(scope="module")
def piano() -> symvae.SymVAE:
    return symvae.load("piano-4bar")


@pytest.fixture
def trio(tmp_path) -> Path:
    """A tune, chords and a bass in three tracks, four bars long."""
    file = mido.MidiFile(ticks_per_beat=480)
    parts = (
        ("Melody", 0, 480, [(72,), (76,), (74,), (71,)]),
        ("Keys", 1, 960, [(60, 64, 67), (59, 62, 67)]),
        ("Bass", 2, 960, [(36,), (43,)]),
    )
    for name, channel, length, chords in parts:
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
        for number in range(4 * 1920 // length):
            chord = chords[number % len(chords)]
            for first, kind in ((True, "note_on"), (False, "note_off")):
                for index, pitch in enumerate(chord):
                    wait = length if not first and index == 0 else 0
                    track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80, time=wait))
        file.tracks.append(track)
    file.save(tmp_path / "trio.mid")
    return tmp_path / "trio.mid"


def places(song, *tracks: int) -> list[tuple[int, int]]:
    return [(row[0], row[2]) for index in tracks for row in columns(song.tracks[index])]


def test_melody_is_kept_by_default_and_its_track_gets_no_new_note(piano, trio):
    result = symvae.fade_song(trio, EDIT, model=piano)
    assert columns(result.song.tracks[0]) == columns(load(trio).tracks[0])
    assert places(result.song, 1, 2) != places(load(trio), 1, 2)
    assert result.report["kept"] == ["melody"]
    assert any(line.startswith("  kept note for note: melody") for line in result.lines())


def test_an_edit_that_one_bar_takes_from_another_leaves_what_is_kept(piano, trio, monkeypatch):
    """Bars that are alike get one edit, after the locks of the windows: here it would remove every note."""
    monkeypatch.setattr(
        fade_versions,
        "connect",
        lambda place, versions, sources, results, hold: {
            row: phrase.select(np.zeros(len(phrase), bool)) for row, phrase in results.items()
        },
    )
    result = symvae.fade_song(trio, EDIT, model=piano)
    assert places(result.song, 0) == places(load(trio), 0)
    assert places(result.song, 1, 2) == []


def test_nothing_is_kept_on_request(piano, trio):
    result = symvae.fade_song(trio, EDIT, model=piano, keep="nothing")
    assert result.report["kept"] == []
    assert not any("kept note for note" in line for line in result.lines())


@pytest.mark.parametrize(("keep", "track"), [("bass", 2), ("Keys", 1), ("1", 1)])
def test_a_bass_or_a_track_is_kept(piano, trio, keep, track):
    result = symvae.fade_song(trio, EDIT, model=piano, keep=[keep])
    assert columns(result.song.tracks[track]) == columns(load(trio).tracks[track])
    assert places(result.song, 0, 1, 2) != places(load(trio), 0, 1, 2)


def test_rhythm_is_kept(piano, trio):
    result = symvae.fade_song(trio, EDIT, model=piano, keep="rhythm")
    old, new = ({onset for onset, _ in places(song, 0, 1, 2)} for song in (load(trio), result.song))
    assert old == new
    assert places(result.song, 0, 1, 2) != places(load(trio), 0, 1, 2)


def test_rhythm_of_a_line_is_kept(fader_model):
    result = symvae.fade_song(ODE, {"contour": "+4"}, model=fader_model, keep="rhythm")
    old, new = np.array(columns(load(ODE).tracks[0])), np.array(columns(result.song.tracks[0]))
    assert old[:, 0].tolist() == new[:, 0].tolist()
    assert old[:, 2].tolist() != new[:, 2].tolist()


def test_harmony_is_kept(piano, trio):
    """All chords here are C and G: no other tone is new, and none of theirs is gone."""
    result = symvae.fade_song(trio, EDIT, model=piano, keep="harmony")
    new = set(places(result.song, 0, 1, 2)) - set(places(load(trio), 0, 1, 2))
    tones = [{0, 4, 7}, {7, 11, 2, 5}]
    assert all(pitch % 12 in tones[(onset // 960) % 2] for onset, pitch in new)
    assert new


def test_exact_edits_leave_every_lock_whole(piano, trio):
    done = symvae.fade_song(trio, {"register": "+12"}, model=piano)
    assert places(done.song, 0, 1, 2) == [(onset, pitch + 12) for onset, pitch in places(load(trio), 0, 1, 2)]


def test_words_that_cannot_be_kept(piano, fader_model, trio):
    with pytest.raises(ConfigError, match="Nothing is kept, or something: give nothing alone"):
        symvae.fade_song(trio, EDIT, model=piano, keep=["nothing", "bass"])
    with pytest.raises(ConfigError, match="tiny moves the melody itself, so it cannot keep it"):
        symvae.fade_song(ODE, {"contour": "+4"}, model=fader_model, keep="melody")
    with pytest.raises(MidiError, match="There is no track 'flute'"):
        symvae.fade_song(trio, EDIT, model=piano, keep="flute")
