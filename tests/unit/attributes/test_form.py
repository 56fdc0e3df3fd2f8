"""Forms in letters, equal bars and cadences, on phrases small enough to hear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.attributes.cadence import cadence
from symvae.attributes.form import ALIKE, equal_bars, form, section_likeness
from symvae.attributes.repetition import repeated_bar_share
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join
from tests.properties.test_attributes import phrases

GRID = Grid.of_metre("4/4", 1)


def bar(*pitches: int) -> Phrase:
    length = 16 // len(pitches)
    onset = np.arange(len(pitches)) * length
    return Phrase(GRID, onset, np.full(len(pitches), length), np.array(pitches))


BARS = {name: bar(60 + 5 * number, 62 + 5 * number) for number, name in enumerate("ABCD")}


@pytest.mark.parametrize("letters", ["AABA", "ABAC", "ABCD", "AAAA", "ABBA"])
def test_sections_are_named_in_the_order_in_which_they_are_new(letters: str) -> None:
    tune = join([BARS[letter] for letter in letters for _ in range(4)])
    assert form(tune) == letters
    assert form(tune, 1) == "".join(letter * 4 for letter in letters)


def test_a_section_is_a_repeat_from_seven_tenths_on() -> None:
    """Of eight steps in ten that agree it is one, of six it is not."""
    first = bar(*range(60, 68), *range(60, 68))
    for changed, expected in ((4, "AA"), (6, "AB")):
        pitch = first.pitch.copy()
        pitch[:changed] += 1
        tune = join([first, first.with_notes(first.onset_step, first.duration_step, pitch, first.velocity)])
        assert form(tune, 1) == expected
        assert (section_likeness(tune, 1)[0, 1] >= ALIKE) == (expected == "AA")


@given(phrases(max_pitch=115), st.integers(1, 12))
def test_forms_ignore_keys_and_begin_with_a(phrase: Phrase, semitones: int) -> None:
    letters = form(phrase, 1)
    assert len(letters) == phrase.grid.bars
    assert letters[0] == "A"
    assert form(phrase.transpose(semitones), 1) == letters


@given(phrases())
def test_equal_bars_are_those_that_the_share_of_repeats_counts(phrase: Phrase) -> None:
    numbers = equal_bars(phrase)
    assert (numbers <= np.arange(phrase.grid.bars)).all()
    repeats = (numbers < np.arange(phrase.grid.bars)).sum()
    assert repeats == pytest.approx(repeated_bar_share(phrase) * (phrase.grid.bars - 1))


def test_a_silent_bar_equals_no_other() -> None:
    rest = Phrase(GRID)
    assert equal_bars(join([BARS["A"], rest, BARS["A"], rest])).tolist() == [0, 1, 0, 3]


@pytest.mark.parametrize(
    ("pitches", "ends"),
    [
        ((60, 64, 67, 60), 1.0),
        ((60, 64, 67, 72), 1.0),
        ((72, 67, 64, 62), 0.0),  # an open end
        ((60, 64, 67, 65, 64, 62, 59, 60), 0.0),  # the tonic, an eighth long
    ],
)
def test_a_cadence_ends_on_a_long_tonic(pitches: tuple[int, ...], ends: float) -> None:
    tune = join([bar(60, 64, 67, 72, 71, 67, 65, 62), bar(60, 64, 67, 64), bar(*pitches)])
    assert cadence(tune) == ends
    assert cadence(tune.transpose(5)) == ends
