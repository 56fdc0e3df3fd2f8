"""Whole tunes of a song: one stretch of a metre, without the silence around it."""

import numpy as np
import pytest

from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import tune

QUARTER = 480


def song(metres: list[tuple[int, int, int]], onsets: list[float], end_quarter: float) -> Song:
    """Quarter notes at these quarters; metres as (quarter, numerator, denominator)."""
    rows = np.array([(round(each * QUARTER), QUARTER, 60, 90) for each in onsets], np.int64)
    return Song(
        QUARTER,
        tuple(MetreChange(at * QUARTER, *metre) for at, *metre in metres),
        (TempoChange(0, 90.0),),
        (Track("melody", 0, False, *rows.T),),
        round(end_quarter * QUARTER),
    )


def test_silence_before_and_after_is_left_out() -> None:
    found = tune(song([(0, 4, 4)], [9, 10, 17], 40), "4/4")
    assert (found.start_bar, found.end_bar) == ((2,), (5,))
    assert found.phrases[0].grid.bars == 3
    assert found.phrases[0].onset_step.tolist() == [4, 8, 36]
    assert found.phrases[0].tempo_qpm == 90
    assert found.start_tick == (8 * QUARTER,)


def test_a_bar_begins_the_tune() -> None:
    music = song([(0, 4, 4)], [0, 4, 8, 12], 16)
    found = tune(music, "4/4", start_bar=3)
    assert (found.start_bar, found.end_bar, found.phrases[0].grid.bars) == ((2,), (4,), 2)
    for bar in (5, 100):
        assert tune(music, "4/4", start_bar=bar).phrases == ()


def test_the_first_stretch_of_the_metre_is_read_and_the_others_reported() -> None:
    music = song([(0, 3, 4), (6, 4, 4), (14, 3, 4), (20, 4, 4)], list(range(28)), 28)
    found = tune(music, "4/4")
    assert (found.start_bar, found.end_bar) == ((2,), (4,))
    reasons = {(each.reason, each.detail.split(":")[0]) for each in found.dropped}
    assert (Reason.METRE_NOT_SUPPORTED, "bars 1-2, 5-6") in reasons
    assert (Reason.METRE_CHANGES, "bars 7-8") in reasons
    assert tune(music, "4/4", start_bar=7).start_bar == (6,)
    assert tune(music, "4/4", start_bar=5).phrases == ()
    assert tune(music, "6/8").phrases == ()


@pytest.mark.parametrize(("bar", "found"), [(None, (0, 5)), (1, (0, 5)), (3, (2, 5)), (2, None)])
def test_two_bars_of_two_four_are_one_of_the_grid(bar: int | None, found: tuple[int, int] | None) -> None:
    read = tune(song([(0, 2, 4)], [2, 5, 9], 10), "4/4", start_bar=bar)
    assert list(zip(read.start_bar, read.end_bar, strict=True)) == ([] if found is None else [found])


def test_a_bar_of_twelve_eight_stays_whole() -> None:
    (phrase,) = tune(song([(0, 12, 8)], [0, 6.5], 12), "6/8").phrases
    assert phrase.grid.bars == 4
