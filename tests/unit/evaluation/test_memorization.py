"""Whole windows and runs of four bars are found in the training set, in any key."""

import numpy as np
import pytest

from symvae.evaluation.metrics.memorization import TrainingRuns, occurs_in, transposition_invariant
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.piano import PianoBars

TOKENS = MelodyGrid()

#: Eight bars of four positions, a row a bar; the note at the end of bar 4 is held into bar 5.
TUNE = np.array(
    [
        [40, 0, 42, 1],
        [44, 0, 45, 1],
        [47, 0, 45, 1],
        [44, 0, 42, 0],
        [0, 0, 40, 1],
        [52, 0, 40, 1],
        [41, 0, 43, 0],
        [46, 0, 46, 0],
    ],
    np.uint8,
)


def phrases(*rows: np.ndarray | list[list[int]]) -> np.ndarray:
    return np.array(rows, np.uint8)


@pytest.fixture(scope="module")
def runs() -> TrainingRuns:
    """All windows of six bars, as training cuts them."""
    return TrainingRuns(np.stack([TUNE[start : start + 6] for start in range(3)]), TOKENS)


def test_training_music_is_found_in_any_key(runs) -> None:
    higher = np.where(TUNE >= 2, TUNE + 7, TUNE)
    assert runs.occur_in(phrases(TUNE[:6], TUNE[2:], higher[1:7])).tolist() == [True] * 3


@pytest.mark.parametrize("start", range(5))
def test_four_bars_are_found_amid_other_music(runs, start: int) -> None:
    other = [[30, 0, 70, 33], [60, 61, 35, 0]]
    assert runs.occur_in(phrases([other[0], *TUNE[start : start + 4], other[1]])).tolist() == [True]


def test_three_bars_are_not_found(runs) -> None:
    other = [[30, 0, 70, 33], [60, 61, 35, 80]]
    assert runs.occur_in(phrases([*other, *TUNE[1:4], other[1]], [*TUNE[:3], *other, other[0]])).sum() == 0


def test_one_changed_note_or_a_change_of_key_is_other_music(runs) -> None:
    other_note, other_key = TUNE[:4].copy(), TUNE[:4].copy()
    other_note[2, 0] += 1
    other_key[2:] = np.where(other_key[2:] >= 2, other_key[2:] + 2, other_key[2:])
    assert runs.occur_in(phrases(other_note, other_key)).tolist() == [False, False]


def test_a_note_held_into_the_run_counts_as_silence(runs) -> None:
    """Bars 5 to 8 begin with a tied note in the tune; here with a rest or with another's end."""
    run = TUNE[4:]
    at_once, later = run.copy(), run.copy()
    at_once[0, 0] = later[0, 1] = 1
    assert runs.occur_in(phrases(run, at_once, later)).tolist() == [True] * 3
    assert runs.occur_in(phrases([[30, 33, 80, 0], *run])).tolist() == [True]


def test_note_offs_in_silence_are_ignored() -> None:
    runs = TrainingRuns(phrases([[40, 1, 0, 0], [42, 1, 0, 0], [44, 1, 0, 0], [45, 1, 0, 0]]), TOKENS)
    loose = [[40, 1, 1, 1], [42, 1, 0, 1], [44, 1, 1, 0], [45, 1, 1, 1]]
    assert runs.occur_in(phrases(loose)).tolist() == [True]
    assert runs.occur_in(phrases([[1, 0, 0, 0], *loose])).tolist() == [True]


def test_runs_with_fewer_than_four_onsets_never_match() -> None:
    three = [[40, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [0, 0, 0, 0]]
    four = [[40, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [45, 0, 0, 0]]
    both = phrases(three, four)
    assert TrainingRuns(both, TOKENS).occur_in(both).tolist() == [False, True]


def test_a_note_held_into_the_run_is_no_onset() -> None:
    tied = phrases([[40, 0, 0, 0], [0, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [45, 0, 0, 0]])
    assert TrainingRuns(tied[:, 1:], TOKENS).occur_in(tied[:, 1:]).tolist() == [False]
    assert TrainingRuns(tied, TOKENS).occur_in(tied).tolist() == [False]  # 40, 42, 44 and three from bar 2 on


# Whole windows


def windows(*rows: list[int]) -> np.ndarray:
    return np.array(rows, np.uint8)[:, None]


def test_a_window_is_found_in_another_key() -> None:
    assert occurs_in(windows([47, 0, 51, 1]), windows([40, 0, 44, 1]), TOKENS).tolist() == [True]


def test_other_intervals_and_other_rhythms_are_other_music() -> None:
    training = windows([40, 0, 44, 1])
    others = windows([40, 0, 45, 1], [40, 44, 0, 1], [40, 0, 44, 0], [0, 40, 0, 44])
    assert not occurs_in(others, training, TOKENS).any()


def test_silence_and_single_notes_match_in_any_key() -> None:
    assert transposition_invariant(windows([0, 0, 0]), TOKENS).tolist() == [[0, 0, 0]]
    assert occurs_in(windows([0, 9, 0]), windows([0, 80, 0]), TOKENS).all()


def test_the_pitches_of_piano_rows_are_their_pitch_ids() -> None:
    """Positions, velocities and durations stay as they are; only pitches become intervals."""
    piano = PianoBars()
    first = piano.pitch_ids[0]
    row = windows([piano.pitch_ids[1] + 1, first + 20, first + 24, 0])
    higher = windows([piano.pitch_ids[1] + 1, first + 25, first + 29, 0])
    assert occurs_in(higher, row, piano).tolist() == [True]
    louder = windows([piano.pitch_ids[1] + 2, first + 20, first + 24, 0])
    assert occurs_in(louder, row, piano).tolist() == [False]


def test_nothing_occurs_in_an_empty_training_set_and_nothing_is_found_for_no_window() -> None:
    row, none = windows([40, 0, 44, 1]), np.zeros((0, 1, 4), np.uint8)
    assert occurs_in(row, none, TOKENS).tolist() == [False]
    assert occurs_in(none, row, TOKENS).shape == (0,)
