"""Triplet bars of drums: chosen by fit, told, and written as true triplets."""

from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.triplet_bars import triplet_bars
from symvae.music.windows import whole
from symvae.pipelines.timing_words import timing_in_words
from symvae.tokens.drums import DrumGrid

QUARTER = 480


def played(*quarter: float, jitter_ms: float = 0.0, seed: int = 0) -> Song:
    """A hi-hat at these places, at 120 quarters a minute, each early or late by chance."""
    late = np.random.default_rng(seed).normal(0, jitter_ms * QUARTER / 500, len(quarter))
    tick = np.maximum(np.rint(np.array(quarter) * QUARTER + late).astype(np.int64), 0)
    ones = np.ones(len(quarter), np.int64)
    track = Track("kit", 0, True, tick, 20 * ones, 42 * ones, 80 * ones)
    return Song(QUARTER, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (track,), 8 * QUARTER)


SHUFFLE = [beat + third / 3 for beat in range(4) for third in (0, 2)]


def test_a_shuffle_is_a_triplet_bar_and_the_straight_bar_after_it_is_none(tmp_path: Path) -> None:
    song = played(*SHUFFLE, *np.arange(4, 8, 0.5))
    (phrase,) = whole(song, drums=True).phrases
    assert triplet_bars(phrase).tolist() == [True, False]
    again = DrumGrid().decode_ids(DrumGrid().encode_phrase(phrase))
    path = symvae.write(again, tmp_path / "shuffle.mid")
    assert load(path).tracks[0].onset_tick.tolist() == song.tracks[0].onset_tick.tolist()


def test_the_report_tells_the_triplet_bars_and_measures_distances_from_them() -> None:
    timing = whole(played(*SHUFFLE), drums=True).timing
    assert (timing.triplet_bars, timing.off_grid_share) == (1, 0)
    assert timing_in_words(timing)[0] == "1 bar read as triplets"
    straight = whole(played(*np.arange(0, 8, 0.25)), drums=True).timing
    assert straight.triplet_bars == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_loose_player_of_sixteenths_plays_no_triplets_and_one_of_triplets_does(seed: int) -> None:
    """A sixteenth is 125 ms."""
    for places, jitter_ms, triplets in (
        (np.arange(0, 8, 0.25), 25.0, False),
        (np.arange(0, 8, 0.5), 25.0, False),
        (np.arange(0, 8, 1 / 3), 12.0, True),
    ):
        (phrase,) = whole(played(*places, jitter_ms=jitter_ms, seed=seed), drums=True).phrases
        assert triplet_bars(phrase).tolist() == [triplets] * 2


def test_six_eighths_have_no_triplet_bars() -> None:
    thirds = np.array([1 / 3, -1 / 3])
    phrase = Phrase(
        Grid(1, 2, 6), np.array([1, 3]), np.ones(2, int), np.array([36, 36]), is_drum=True, offset_step=thirds
    )
    assert not triplet_bars(phrase).any()
    assert not (DrumGrid("6/8").encode_phrase(phrase) & 1).any()
