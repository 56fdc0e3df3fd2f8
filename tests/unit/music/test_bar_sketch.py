"""Sketches of bars: text that is read, and text that is refused."""

import numpy as np
import pytest

from symvae.errors import ConfigError
from symvae.music.bar_sketch import BarSketch, parse_pitch, read_sketches, sketch_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase


def test_the_parts_of_a_sketch_are_read_bar_by_bar():
    first, second = read_sketches(
        2, 16, pitches="E4 F#4 . | Bb3", rhythm="x.x.x--. | ", contour="/ \\ | -", chords="C | Am F"
    )
    assert first.pitches == (64, 66, None)
    assert second.pitches == (58,)
    assert first.rhythm == (2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 1, 1, 1, 0, 0)
    assert second.rhythm is None
    assert (first.contour, second.contour) == ((1, -1), (0,))
    assert [len(each.chords) for each in (first, second)] == [1, 2]


def test_bars_that_are_left_out_are_free():
    assert [each.is_free for each in read_sketches(3, 12, pitches="C4")] == [False, True, True]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"pitches": "H4"}, "'H4' is no pitch"),
        ({"pitches": "C99"}, "is no pitch"),
        ({"rhythm": "x.x"}, "3 signs, and a bar has 16 sixteenths. Write 2, 4, 8 or 16 signs"),
        ({"rhythm": "xo.."}, "'o' is no sign of a rhythm"),
        ({"contour": "/ ?"}, "'?' is no sign of a contour"),
        ({"pitches": "C4 | D4 | E4"}, "has pitches for 3 bars, and 2 of the model's are to fill"),
        ({"contour": "/" * 16}, "needs 17 notes, and a bar has room for 16"),
        ({"pitches": "C4 D4", "rhythm": "x..."}, "2 pitches for 1 notes"),
        ({"pitches": "C4 D4", "contour": "\\"}, "disagree between notes 1 and 2"),
    ],
)
def test_a_sketch_that_means_nothing_is_refused(words, fault):
    with pytest.raises(ConfigError, match=fault.replace("?", "\\?").replace("'H4'", ".H4.")):
        read_sketches(2, 16, **words)


def test_pitches_have_the_names_of_midi():
    assert [parse_pitch(word) for word in ("C4", "c#5", "Bb3", "Cb4", "60")] == [60, 73, 58, 59, 60]


def test_music_is_sketched():
    phrase = Phrase(Grid(1), np.array([0, 6, 6]), np.array([4, 2, 2]), np.array([60, 64, 67]))
    assert sketch_of(phrase) == [BarSketch((60, 67), (2, 0, 0, 0, 1, 1, 2, 0, *(1,) * 8))]
