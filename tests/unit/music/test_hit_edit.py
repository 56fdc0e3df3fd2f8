"""Hits of a song replayed: the notes of the phrase move, all others stay."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.music.drum_kit import DRUM_PITCHES
from symvae.music.grid import Grid
from symvae.music.grid_fit import snap
from symvae.music.hit_edit import HitEdit, apart, replay
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import windows


def song(onset: list[int], pitch: list[int], ticks_per_quarter: int = 480) -> Song:
    columns = [np.array(onset), np.full(len(onset), 60), np.array(pitch), np.full(len(onset), 80)]
    other = Track("bass", 33, False, *(np.array([each]) for each in (7, 400, 40, 70)))
    end = int(max(onset)) + 4 * ticks_per_quarter
    metre, tempo = (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),)
    return Song(ticks_per_quarter, metre, tempo, (Track("kit", 0, True, *columns), other), end)


def edits(of: Song, offset_step: float, louder: int) -> list[HitEdit]:
    reading = windows(of, Grid(1), drums=True, pitch_range=DRUM_PITCHES)
    return [
        HitEdit(
            phrase,
            replace(phrase, offset_step=phrase.offset_step + offset_step, velocity=phrase.velocity + louder),
            tick,
        )
        for phrase, tick in zip(reading.phrases, reading.start_tick, strict=True)
    ]


def test_without_a_difference_the_song_is_the_same_object() -> None:
    of = song([3, 480, 1900], [36, 38, 36])
    assert replay(of, [0], edits(of, 0.0, 0)).song is of


def test_hits_move_and_all_other_tracks_stay() -> None:
    of = song([0, 480, 960, 2400], [36, 38, 36, 42])
    done = replay(of, [0], edits(of, 0.25, 5))
    kit, bass = done.song.tracks
    assert kit.onset_tick.tolist() == [30, 510, 990, 2430]
    assert kit.velocity.tolist() == [85] * 4
    assert bass is of.tracks[1] or bass.onset_tick.tolist() == [7]
    assert (done.num_moved, done.num_struck, done.num_kept) == (4, 4, 0)


def test_the_strokes_of_a_flam_move_together() -> None:
    of = song([470, 480], [38, 40])  # two snares of one class on one step
    moved = replay(of, [0], edits(of, 0.25, 0)).song.tracks[0]
    assert moved.onset_tick.tolist() == [500, 510]


def test_a_coarse_file_becomes_finer_where_offsets_need_it() -> None:
    of = song([0, 24], [36, 38], ticks_per_quarter=24)
    done = replay(of, [0], edits(of, 0.25, 0)).song
    assert done.ticks_per_quarter == 480
    assert done.tracks[0].onset_tick.tolist() == [30, 510]


def test_two_hits_of_a_pitch_stay_apart() -> None:
    onset, pitch = np.array([10, 10, 10]), np.array([38, 38, 42])
    assert apart(onset, pitch, np.array([False, True, True])).tolist() == [10, 11, 10]


@pytest.mark.parametrize(("places", "grid"), [([0, 4, 8, 12], 12), ([0, 3, 6, 9], 16), ([0, 12, 24], 16)])
def test_each_bar_takes_the_grid_that_fits(places: list[int], grid: int) -> None:
    """Triplets, sixteenths, and quarters, which both grids hold."""
    played = np.array(places) * 10 + 4
    snapped = snap(played, np.array([0, 480, 960]), 120, None)
    assert snapped.grid == {0: grid}
    assert snapped.onset_tick.tolist() == [place * 10 for place in places]


def test_a_note_before_a_bar_line_belongs_to_the_bar_that_it_opens() -> None:
    snapped = snap(np.array([478, 485]), np.array([0, 480, 960]), 120, 16)
    assert snapped.onset_tick.tolist() == [480, 480]
    assert snapped.grid == {1: 16}
