"""Four bars in a row, known again wherever they stand."""

import numpy as np
import pytest

from symvae.evaluation.metrics.memorization import KnownRuns
from symvae.tokens.melody_grid import MelodyGrid

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
def known() -> KnownRuns:
    """All windows of six bars, as training cuts them."""
    return KnownRuns(np.stack([TUNE[start : start + 6] for start in range(3)]), TOKENS)


def test_training_music_is_known_in_any_key(known) -> None:
    higher = np.where(TUNE >= 2, TUNE + 7, TUNE)
    assert known.stand_in(phrases(TUNE[:6], TUNE[2:], higher[1:7])).tolist() == [True] * 3


@pytest.mark.parametrize("start", range(5))
def test_four_bars_are_known_amid_other_music(known, start: int) -> None:
    other = [[30, 0, 70, 33], [60, 61, 35, 0]]
    assert known.stand_in(phrases([other[0], *TUNE[start : start + 4], other[1]])).tolist() == [True]


def test_three_bars_are_not(known) -> None:
    other = [[30, 0, 70, 33], [60, 61, 35, 80]]
    assert known.stand_in(phrases([*other, *TUNE[1:4], other[1]], [*TUNE[:3], *other, other[0]])).sum() == 0


def test_one_other_note_or_one_other_key_within_is_other_music(known) -> None:
    other_note, other_key = TUNE[:4].copy(), TUNE[:4].copy()
    other_note[2, 0] += 1
    other_key[2:] = np.where(other_key[2:] >= 2, other_key[2:] + 2, other_key[2:])
    assert known.stand_in(phrases(other_note, other_key)).tolist() == [False, False]


def test_what_sounds_on_from_before_the_run_is_silence_on_both_sides(known) -> None:
    """Bars 5 to 8 begin with a tied note in the tune; here with a rest or with another's end."""
    run = TUNE[4:]
    at_once, later = run.copy(), run.copy()
    at_once[0, 0] = later[0, 1] = 1
    assert known.stand_in(phrases(run, at_once, later)).tolist() == [True] * 3
    assert known.stand_in(phrases([[30, 33, 80, 0], *run])).tolist() == [True]


def test_idle_note_offs_are_nothing() -> None:
    known = KnownRuns(phrases([[40, 1, 0, 0], [42, 1, 0, 0], [44, 1, 0, 0], [45, 1, 0, 0]]), TOKENS)
    loose = [[40, 1, 1, 1], [42, 1, 0, 1], [44, 1, 1, 0], [45, 1, 1, 1]]
    assert known.stand_in(phrases(loose)).tolist() == [True]
    assert known.stand_in(phrases([[1, 0, 0, 0], *loose])).tolist() == [True]


def test_fewer_than_four_notes_are_too_plain_to_be_known() -> None:
    three = [[40, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [0, 0, 0, 0]]
    four = [[40, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [45, 0, 0, 0]]
    both = phrases(three, four)
    assert KnownRuns(both, TOKENS).stand_in(both).tolist() == [False, True]


def test_notes_tied_into_the_run_do_not_count_as_starting_in_it() -> None:
    tied = phrases([[40, 0, 0, 0], [0, 0, 0, 0], [42, 0, 0, 0], [44, 0, 0, 0], [45, 0, 0, 0]])
    assert KnownRuns(tied[:, 1:], TOKENS).stand_in(tied[:, 1:]).tolist() == [False]
    assert KnownRuns(tied, TOKENS).stand_in(tied).tolist() == [False]  # 40, 42, 44 and three from bar 2 on
