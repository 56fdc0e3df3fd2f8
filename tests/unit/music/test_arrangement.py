"""Arrangements: named phrases on one grid, to a file and back."""

import pickle

import numpy as np
import pytest

import symvae
from symvae.errors import ArgumentError, PhraseError
from symvae.music.arrangement import Arrangement, join_arrangements
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.music.reason import Reason
from symvae.music.trio_reading import trio_tune, trio_windows, whole_trio
from tests.songs import band
from tests.trios import trio, write_trio


def test_parts_have_the_order_of_tracks_and_a_silent_part_is_absent() -> None:
    full = trio(0)
    mixed = Arrangement(full.grid, dict(reversed(full.parts.items())), 100.0)
    assert list(mixed.parts) == ["melody", "bass", "drums"]
    silent = Phrase(full.grid, is_drum=True)
    assert list(Arrangement(full.grid, {**full.parts, "drums": silent}).parts) == ["melody", "bass"]
    assert full.only(["bass"]).lead == full.parts["bass"]


def test_an_arrangement_is_a_value() -> None:
    assert trio(0) == trio(0) == pickle.loads(pickle.dumps(trio(0)))
    assert hash(trio(0)) == hash(trio(0))
    assert trio(0) != trio(1)
    assert trio(0) != trio(0).with_tempo(90.0)


@pytest.mark.parametrize(
    ("parts", "fault", "words"),
    [
        ({"flute": Phrase(Grid(2))}, ArgumentError, "melody, bass, drums, not 'flute'"),
        ({"bass": Phrase(Grid(1))}, PhraseError, "The bass has 1 bars"),
        ({"bass": trio(0).parts["drums"]}, PhraseError, "The bass is a drum track"),
        ({"drums": trio(0).parts["bass"]}, PhraseError, "The drums is a pitched track"),
    ],
)
def test_parts_that_do_not_fit_are_named(parts, fault, words) -> None:
    with pytest.raises(fault, match=words):
        Arrangement(Grid(2), parts)


def test_windows_joined_are_the_arrangement_again() -> None:
    whole = trio(3, bars=4)
    halves = [whole.window(start, 2) for start in (0, 2)]
    joined = join_arrangements(halves)
    assert joined.grid == whole.grid
    for name, phrase in whole.parts.items():
        assert np.array_equal(joined.parts[name].onset_step, phrase.onset_step)


def test_a_file_gives_the_arrangement_back_with_its_programs(tmp_path) -> None:
    source = trio(4)
    source = Arrangement(source.grid, source.parts, 90.0, {"melody": 73, "bass": 32, "drums": 8})
    symvae.write(source, tmp_path / "trio.mid")
    tracks, reading = trio_windows(load(tmp_path / "trio.mid"), Grid(2))
    assert reading.phrases == (source,)
    assert not tracks.missing
    assert tracks.choice["bass"].why == 'its name says "bass"'


def test_a_duo_is_a_trio_without_drums(tmp_path) -> None:
    source = trio(4, parts=("melody", "bass"))
    tracks, reading = whole_trio(load(write_trio(tmp_path / "duo.mid", source)))
    assert reading.phrases[0].parts == source.parts
    assert tracks.missing == (Reason.NO_DRUMS,)


def test_a_last_window_is_filled_up_with_silence(tmp_path) -> None:
    song = load(write_trio(tmp_path / "five.mid", trio(5, bars=5)))
    _, reading = trio_windows(song, Grid(4))
    assert [phrase.grid.bars for phrase in reading.phrases] == [4, 4]
    assert (reading.start_bar, reading.end_bar) == ((0, 4), (4, 5))
    assert reading.phrases[1].end_step.max() <= 16


def test_a_whole_tune_starts_at_its_first_bar_with_music(tmp_path) -> None:
    late = Arrangement(Grid(3), {"melody": Phrase(Grid(3), np.array([16]), np.array([4]), np.array([60]))})
    song = load(write_trio(tmp_path / "late.mid", late))
    (found,) = trio_tune(song, "4/4").reading.phrases
    assert (found.grid.bars, found.onset_step.tolist()) == (1, [0])
    assert not trio_tune(song, "3/4").reading.phrases


def test_a_chord_of_the_bass_keeps_its_lowest_note_and_tells_the_rest(tmp_path) -> None:
    grid = Grid(1)
    melody = Phrase(grid, np.array([0]), np.array([16]), np.array([72]))
    chord = Phrase(grid, np.array([0, 0]), np.array([8, 8]), np.array([40, 47]))
    drums = Phrase(grid, np.array([0]), np.array([1]), np.array([36]), is_drum=True)
    song = load(
        write_trio(
            tmp_path / "chord.mid", Arrangement(grid, {"melody": melody, "bass": chord, "drums": drums})
        )
    )
    _, reading = trio_windows(song, grid)
    assert reading.phrases[0].parts["bass"].pitch.tolist() == [40]
    assert [(drop.what, drop.reason) for drop in reading.dropped] == [("bass notes", Reason.POLYPHONIC)]


def test_a_band_is_read_by_the_names_of_its_tracks(tmp_path) -> None:
    tracks, _ = whole_trio(load(band(tmp_path / "band.mid")))
    assert {name: track.index for name, track in tracks.choice.items()} == {
        "melody": 0,
        "bass": 1,
        "drums": 2,
    }
    assert "track 2 (kit), it is the only drum track" in tracks.words()


def test_scores_of_arrangements_are_refused_with_a_remedy(tmp_path) -> None:
    with pytest.raises(symvae.MidiError, match=r"written as MIDI only\. Use a name that ends in \.mid"):
        symvae.write(trio(0), tmp_path / "trio.musicxml")
