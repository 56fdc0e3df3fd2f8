"""Drum tracks of songs: read by their own choice, written and drawn as drums."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.attributes.drum_density import drum_density
from symvae.music.drum_tracks import means_drums
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.patch import Patch
from symvae.music.phrase import Phrase, join
from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.splice import splice
from symvae.music.windows import ending, tune, whole, windows
from symvae.tokens.drums import DrumGrid
from tests.songs import band


def kit(*hits: tuple[int, int, int], bars: int = 1) -> Phrase:
    """Hits of one step, as step, pitch and velocity."""
    step, pitch, velocity = np.array(hits, np.int64).reshape(-1, 3).T
    return Phrase(Grid(bars), step, np.ones_like(step), pitch, velocity, is_drum=True)


def song(*tracks: Track) -> Song:
    return Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), tracks, 1920)


def drum_track(name: str, *hits: tuple[int, int, int]) -> Track:
    tick, pitch, velocity = np.array(hits, np.int64).reshape(-1, 3).T
    return Track(name, 0, True, tick, np.full(len(tick), 60), pitch, velocity)


def test_a_drum_phrase_returns_from_its_file_as_drums(tmp_path: Path) -> None:
    phrase = kit((0, 36, 100), (0, 42, 60), (4, 38, 90), (6, 44, 70), bars=2)
    path = symvae.write(phrase, tmp_path / "beat.mid")
    assert load(path).tracks[0].is_drum
    assert windows(load(path), phrase.grid, drums=True).phrases == (phrase,)
    assert symvae.read(path) == [phrase]


def test_drums_are_part_of_what_a_phrase_is() -> None:
    phrase = kit((0, 36, 100))
    melody = Phrase(
        *(getattr(phrase, name) for name in ("grid", "onset_step", "duration_step", "pitch", "velocity"))
    )
    assert phrase != melody
    assert hash(phrase) != hash(melody)
    for changed in (phrase.with_tempo(90.0), phrase.window(0, 1), phrase.pad(3), join([phrase, phrase])):
        assert changed.is_drum
    assert phrase.select(np.array([True])).is_drum


def test_pitched_tracks_are_read_by_default_and_drums_on_request(tmp_path: Path) -> None:
    song = load(band(tmp_path / "band.mid"))
    assert not whole(song).phrases[0].is_drum
    reading = whole(song, drums=True)
    assert reading.phrases[0].is_drum
    assert reading.track is not None
    assert (reading.track.name, reading.track.why) == ("kit", "it is the only drum track")
    assert not means_drums(song)
    assert means_drums(song, "kit")


def test_several_drum_tracks_are_one() -> None:
    both = song(drum_track("a", (0, 36, 90)), drum_track("b", (480, 38, 90)))
    reading = whole(both, drums=True)
    assert reading.track is None
    assert reading.phrases[0].pitch.tolist() == [36, 38]
    assert means_drums(both)


def test_a_song_without_drums_says_so(tmp_path: Path) -> None:
    symvae.write(Phrase(Grid(1), np.array([0]), np.array([4]), np.array([60])), tmp_path / "tune.mid")
    reading = whole(load(tmp_path / "tune.mid"), drums=True)
    assert not reading.phrases
    assert [dropped.reason for dropped in reading.dropped] == [Reason.NO_DRUMS]


def test_flams_are_kept_and_counted(tmp_path: Path) -> None:
    """Two strokes of one drum, and a snare with its rim; the hi-hat is another class."""
    flams = song(drum_track("kit", (0, 38, 40), (12, 38, 100), (480, 38, 90), (490, 40, 100), (480, 42, 60)))
    reading = whole(flams, drums=True)
    (phrase,) = reading.phrases
    assert phrase.pitch.tolist() == [38, 38, 38, 40, 42]
    assert (reading.num_second_hits, reading.dropped) == (2, ())
    tokens = DrumGrid()
    assert tokens.restore(tokens.decode_ids(tokens.encode_phrase(phrase), phrase.tempo_qpm), phrase) == phrase
    path = symvae.write(phrase, tmp_path / "flams.mid")
    assert load(path).tracks[0].onset_tick.tolist() == [0, 12, 480, 480, 490]
    assert drum_density(phrase) == 3


def test_a_flam_is_removed_as_a_whole_and_stays_while_its_cell_stays() -> None:
    flams = song(drum_track("kit", (0, 38, 40), (12, 38, 100), (480, 38, 90), (490, 40, 100), (480, 42, 60)))
    (phrase,) = whole(flams, drums=True).phrases
    without = phrase.select(phrase.onset_step == 0)
    patch = Patch(phrase, without, 0, 0, 1920, 1920)
    (track,) = splice(flams, [patch], [0]).song.tracks
    assert track.onset_tick.tolist() == [0, 12]
    assert track.velocity.tolist() == [40, 100]


def test_endings_and_tunes_of_drums_are_read(tmp_path: Path) -> None:
    song = load(band(tmp_path / "band.mid"))
    assert ending(song, Grid(2), drums=True).phrases[0].is_drum
    assert tune(song, "4/4", drums=True).phrases[0].is_drum


@pytest.mark.parametrize("ending", [".mid", ".png"])
def test_a_file_of_drums_alone_is_measured_and_drawn(tmp_path: Path, ending: str) -> None:
    from symvae.pipelines.measure import measure
    from symvae.pipelines.plot import plot

    path = symvae.write(kit((0, 36, 100), (4, 38, 90)), tmp_path / "beat.mid")
    if ending == ".png":
        assert plot(path, tmp_path / "beat.png").files == (tmp_path / "beat.png",)
    else:
        measured = measure(path)
        assert measured.drums
        assert measured.values["drum_density"].tolist() == [2.0]


def test_the_timing_of_a_drummer_is_kept_and_written(tmp_path: Path) -> None:
    """The snare is late by a quarter of a step, the second kick early by a tenth."""
    track = drum_track("kit", (0, 36, 90), (480 + 30, 38, 80), (960 - 12, 36, 70))
    (phrase,) = whole(song(track), drums=True).phrases
    assert phrase.onset_step.tolist() == [0, 4, 8]
    assert np.allclose(phrase.offset_step, [0, 0.25, -0.1])
    path = symvae.write(phrase, tmp_path / "late.mid")
    assert symvae.read(path) == [phrase]
    assert load(path).tracks[0].onset_tick.tolist() == [0, 510, 948]


def test_offsets_follow_their_hits() -> None:
    phrase = replace(
        kit((0, 36, 90), (4, 38, 90), (20, 36, 90), bars=2), offset_step=np.array([0.1, 0.2, -0.3])
    )
    assert phrase.window(1, 1).offset_step.tolist() == [-0.3]
    assert phrase.select(phrase.pitch == 38).offset_step.tolist() == [0.2]
    assert join([phrase, phrase]).offset_step.tolist() == [0.1, 0.2, -0.3] * 2
    assert phrase.without_overlaps() == phrase
    assert phrase != replace(phrase, offset_step=np.zeros(3))
    with pytest.raises(symvae.PhraseError, match="at most half a step"):
        replace(phrase, offset_step=np.array([0.1, 0.6, 0]))


def test_drums_are_no_score(tmp_path: Path) -> None:
    with pytest.raises(symvae.MidiError, match=r"^Drums are written as MIDI only\."):
        symvae.write(kit((0, 36, 100)), tmp_path / "beat.musicxml")
