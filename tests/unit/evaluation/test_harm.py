"""Harm: each figure on songs small enough to count by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from symvae.evaluation.harm import Harm, harm, mean_of, tables
from symvae.evaluation.metrics.clashes import clashing
from symvae.evaluation.metrics.foreign_notes import foreign, scales_of
from symvae.evaluation.metrics.held_notes import held_notes
from symvae.evaluation.metrics.kept_notes import common_transposition, kept, kept_notes
from symvae.evaluation.metrics.repeated_bars import repeated_bars
from symvae.evaluation.metrics.restrikes import restruck
from symvae.evaluation.metrics.song_notes import SongNotes, bass_of, melody_of, song_notes
from symvae.evaluation.metrics.tempo_steps import tempo_steps
from symvae.evaluation.result import as_json
from symvae.music.song import MetreChange, Song, TempoChange, Track

STEP = 120


def track(*notes: tuple[int, int, int], name: str = "piano", is_drum: bool = False) -> Track:
    """A track of (onset, end, pitch) in steps."""
    onset, end, pitch = np.array(notes, np.int64).reshape(-1, 3).T
    return Track(name, 0, is_drum, onset * STEP, (end - onset) * STEP, pitch, np.full(len(pitch), 80))


def song(*tracks: Track, tempos: tuple[tuple[int, float], ...] = ((0, 120.0),)) -> Song:
    """A song in 4/4; tempos by step."""
    changes = tuple(TempoChange(step * STEP, qpm) for step, qpm in tempos)
    end = max((int(each.end_tick.max()) for each in tracks if len(each)), default=0)
    return Song(480, (MetreChange(0, 4, 4),), changes, tracks, end)


def notes(*rows: tuple[int, int, int]) -> SongNotes:
    """Notes of one track."""
    return song_notes(song(track(*rows)))


def test_notes_are_on_the_grid_and_drums_are_left_out() -> None:
    late = replace(track((0, 4, 60)), onset_tick=np.array([50]))
    read = song_notes(song(late, track((0, 4, 36), is_drum=True), track((2, 3, 48))))
    assert read.onset_step.tolist() == [0, 2]
    assert read.part.tolist() == [0, 2]
    assert read.line_step.tolist() == [0, 16, 32]
    assert read.bar.tolist() == [0, 0]


def test_a_song_without_notes_has_figures_too() -> None:
    silent = song(track())
    figures = harm(silent, silent, [0], [])
    assert figures.kept == (1.0, 1.0, 1.0)
    assert figures.clashes == (0.0, 0.0)
    assert figures.repeats.pairs == 0


def test_melody_is_the_top_line_of_its_track_and_bass_the_lowest_sounding() -> None:
    chords = track((0, 8, 48), (0, 8, 64), (4, 8, 55), (8, 12, 50))
    tune = track((0, 4, 72), (4, 8, 74), name="melody")
    both = song(chords, tune)
    read = song_notes(both)
    assert read.pitch[melody_of(both, read)].tolist() == [72, 74]
    assert read.pitch[bass_of(read)].tolist() == [48, 50]


def test_notes_are_kept_where_their_pitch_starts_at_their_step() -> None:
    before = notes((0, 4, 60), (4, 8, 62), (8, 12, 64), (12, 16, 65))
    after = notes((0, 2, 60), (5, 8, 62), (8, 12, 64))
    assert kept(before, after).tolist() == [True, False, True, False]
    melody, bass = np.array([True, True, False, False]), np.zeros(4, bool)
    assert kept_notes(before, after, melody, bass) == (0.5, 0.5, 1.0)


def test_a_note_in_another_track_is_not_kept() -> None:
    before = song_notes(song(track((0, 4, 60)), track((0, 4, 48))))
    after = song_notes(song(track((0, 4, 60), (0, 4, 48)), track()))
    assert kept(before, after).tolist() == [False, True]


@pytest.mark.parametrize("shift", [-24, -1, 0, 12])
def test_common_transposition_is_found(shift: int) -> None:
    before = notes((0, 4, 60), (4, 8, 62), (8, 12, 67))
    after = notes((0, 4, 60 + shift), (4, 8, 62 + shift), (9, 12, 67 + shift))
    assert common_transposition(before, after) == shift
    assert np.count_nonzero(kept(before, after, shift)) == 2


def test_a_pitch_is_restruck_where_it_sounds_until_its_next_onset() -> None:
    read = notes((0, 4, 60), (4, 8, 60), (9, 12, 60), (0, 16, 64), (10, 12, 64))
    assert dict(
        zip(zip(read.onset_step.tolist(), read.pitch.tolist(), strict=True), restruck(read), strict=True)
    ) == {
        (0, 60): False,
        (4, 60): True,
        (9, 60): False,
        (0, 64): False,
        (10, 64): True,
    }


def test_semitones_and_minor_ninths_clash_and_major_sevenths_do_not() -> None:
    read = notes((0, 8, 60), (4, 8, 61), (8, 16, 60), (8, 16, 71), (12, 16, 73))
    assert read.pitch[clashing(read)].tolist() == [61, 73]
    assert read.onset_step[clashing(read)].tolist() == [4, 12]


def test_scale_is_that_of_the_source_and_moves_with_it() -> None:
    c_major = [(2 * i, 2 * i + 2, 60 + pitch) for i, pitch in enumerate((0, 2, 4, 5, 7, 9, 11))]
    later = [(128 + onset, 128 + end, pitch + 1) for onset, end, pitch in c_major]
    source = notes(*c_major, *later)
    scales = scales_of(source)
    assert not foreign(source, scales).any()
    edited = notes((0, 2, 61), (0, 2, 64), (128, 130, 61), (128, 130, 64))
    assert edited.pitch[foreign(edited, scales)].tolist() == [61, 64]
    assert edited.onset_step[foreign(edited, scales)].tolist() == [0, 128]


def test_held_notes_are_kept_with_onset_and_line() -> None:
    before = notes((14, 18, 60), (14, 16, 64), (12, 34, 67))
    after = notes((14, 16, 60), (13, 18, 64), (12, 34, 67))
    lines = np.array([16, 32])
    assert held_notes(before, after, lines) == (2, 3, 3, 2)
    assert held_notes(before, before, lines) == (2, 3, 3, 3)


def test_a_faster_song_with_its_own_ritardando_has_no_new_step() -> None:
    tune = track((0, 64, 60))
    before = song(tune, tempos=((0, 100.0), (32, 80.0)))
    assert tempo_steps(before, song(tune, tempos=((0, 110.0), (32, 88.0)))) == (0, 0.0)
    changes, largest = tempo_steps(before, song(tune, tempos=((0, 110.0), (16, 121.0), (32, 88.0))))
    assert changes == 2
    assert largest == pytest.approx(0.1)


def test_repeated_bars_lose_likeness_where_they_are_edited_apart() -> None:
    bar = [(0, 4, 60), (4, 8, 64), (8, 12, 67), (12, 16, 72)]
    again = [(16 + onset, 16 + end, pitch) for onset, end, pitch in bar]
    figures = repeated_bars(notes(*bar, *again), notes(*bar, *again[:2]))
    assert figures.pairs == 1
    assert (figures.before, figures.rhythm_before) == (1.0, 1.0)
    assert figures.after == pytest.approx(2 * 2 / 6)
    assert figures.rhythm_after == pytest.approx(2 * 2 / 6)


def test_an_unedited_song_is_unharmed() -> None:
    piece = song(track((0, 4, 60), (0, 18, 48), (4, 8, 62), (16, 20, 64)), track((0, 16, 36), is_drum=True))
    figures = harm(piece, piece, [0], [1])
    assert figures.kept == figures.kept_transposed == (1.0, 1.0, 1.0)
    assert figures.chroma == pytest.approx(1.0)
    assert figures.over_window_lines == (1, 1, 1, 1)
    assert figures.tempo == (0, 0.0)
    for change in (figures.restrikes, figures.clashes, figures.out_of_key):
        assert change.before == change.after


def test_means_over_songs_are_a_table() -> None:
    piece = song(track((0, 4, 60), (4, 8, 62)))
    other = song(track((0, 4, 60), (5, 8, 62)))
    rows = [harm(piece, piece, [0], []), harm(piece, other, [0], [])]
    mean = mean_of(rows)
    assert isinstance(mean, Harm)
    assert mean.kept.all == 0.75
    part = json.loads(json.dumps(as_json({"songs": 2, "edits": {"register +12": mean}})))
    text = tables(part)
    assert text.startswith("### Harm\n\n2 held-out songs")
    assert "| register +12 | .75 |" in text
    assert "| source |" in text
