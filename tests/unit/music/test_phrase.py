"""Phrases: selection and replacement of notes, windows, concatenation, and what a phrase cannot be."""

import numpy as np
import pytest

from symvae.errors import PhraseError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, as_one, join


def phrase_of(bars: int, *columns: list[int]) -> Phrase:
    """A phrase in 4/4 of onsets, durations, pitches and velocities."""
    return Phrase(Grid(bars), *map(np.array, columns))


LINE = phrase_of(2, [0, 4, 14, 20], [4, 4, 6, 2], [60, 62, 64, 65], [90, 80, 70, 60]).with_tempo(97.31)


def rows(phrase: Phrase) -> list[list[int]]:
    return np.column_stack(phrase.columns).tolist()


def test_notes_are_sorted_by_onset_then_pitch() -> None:
    assert rows(phrase_of(1, [4, 0, 0], [1, 1, 1], [50, 64, 60])) == [
        [0, 1, 60, 90],
        [0, 1, 64, 90],
        [4, 1, 50, 90],
    ]


def test_selection_keeps_grid_and_tempo() -> None:
    chosen = LINE.select(LINE.pitch > 62)
    assert (chosen.grid, chosen.tempo_qpm, rows(chosen)) == (LINE.grid, 97.31, rows(LINE)[2:])
    assert LINE.select(np.array([3, 0])) == LINE.select(np.array([True, False, False, True]))
    assert len(LINE.select(np.zeros(4, bool))) == 0


def test_replaced_notes_keep_grid_and_tempo() -> None:
    assert LINE.with_notes(*LINE.columns) == LINE
    assert LINE.with_notes(*(column[:2] for column in LINE.columns)) == LINE.select(np.arange(2))


def test_without_overlaps_a_repeated_pitch_ends_the_note_before_it() -> None:
    trill = phrase_of(1, [0, 2], [8, 8], [60, 60])
    assert rows(trill.without_overlaps()) == [[0, 2, 60, 90], [2, 8, 60, 90]]
    assert LINE.without_overlaps() == LINE


def test_padding_adds_silent_bars_and_never_removes_any() -> None:
    assert rows(LINE.pad(4)) == rows(LINE)
    assert LINE.pad(4).grid == Grid(4)
    assert LINE.pad(1) == LINE


def test_a_window_drops_notes_from_before_and_shortens_notes_that_outlast_it() -> None:
    assert rows(LINE.window(0, 1)) == [[0, 4, 60, 90], [4, 4, 62, 80], [14, 2, 64, 70]]
    assert rows(LINE.window(1, 1)) == [[4, 2, 65, 60]]


def test_concatenation_has_all_bars_and_the_first_tempo() -> None:
    joined = join([LINE, LINE.with_tempo(60.0)])
    assert (joined.grid, joined.tempo_qpm) == (Grid(4), 97.31)
    assert joined.onset_step.tolist() == [0, 4, 14, 20, 32, 36, 46, 52]
    assert as_one([LINE, LINE]) == join([LINE, LINE])
    assert as_one(LINE) is LINE


def test_concatenation_needs_phrases_of_one_metre() -> None:
    with pytest.raises(PhraseError, match=r"different metres cannot be joined: \['3/4', '4/4'\]"):
        join([LINE, Phrase(Grid.of_metre("3/4", 1))])
    with pytest.raises(PhraseError, match="at least one phrase"):
        join([])


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (([30], [4], [60]), "within the 32 steps of the grid"),
        (([0], [0], [60]), "lasts at least one"),
        (([0], [1], [128]), "from 0 to 127"),
        (([0], [1], [60], [0]), "from 1 to 127"),
    ],
)
def test_impossible_notes_raise_a_phrase_error(columns: tuple[list[int], ...], fault: str) -> None:
    with pytest.raises(PhraseError, match=fault):
        phrase_of(2, *columns)


@pytest.mark.parametrize("tempo_qpm", [0.0, -1.0, float("nan"), float("inf")])
def test_a_tempo_is_a_positive_number(tempo_qpm: float) -> None:
    with pytest.raises(PhraseError, match="positive number of quarter notes a minute"):
        Phrase(Grid(1), tempo_qpm=tempo_qpm)
