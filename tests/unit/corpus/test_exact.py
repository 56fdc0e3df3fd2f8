"""Bars on the sixteenth grid: pickups, ties, pairs of 2/4, and drop reasons for bars off the grid."""

import numpy as np
import pytest

from symvae.corpus.exact import exact_tunes
from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from symvae.tokens.melody_grid import ids_of
from tests.scores import abc_song


def on_grid(body: str, metre: str = "4/4") -> tuple[list[Phrase], list[Dropped]]:
    items = exact_tunes(abc_song(body, f"M:{metre}\nL:1/8\nK:C"), "book/1", "book", "a tune", 0)
    dropped = [item for item in items if isinstance(item, Dropped)]
    return [item.phrase for item in items if isinstance(item, Tune)], dropped


def one(body: str, metre: str = "4/4") -> Phrase:
    phrases, dropped = on_grid(body, metre)
    assert len(phrases) == 1
    assert not dropped
    return phrases[0]


def rows(phrase: Phrase) -> list[tuple[int, int, int]]:
    columns = (phrase.onset_step, phrase.duration_step, phrase.pitch)
    return [(int(o), int(d), int(p)) for o, d, p in zip(*columns, strict=True)]


def test_a_pickup_is_placed_at_the_end_of_the_first_bar():
    phrase = one("A2|B8|c8|")
    assert phrase.grid.bars == 3
    assert rows(phrase) == [(12, 4, 69), (16, 16, 71), (32, 16, 72)]


def test_the_end_of_a_repeat_and_its_pickup_make_one_bar():
    phrase = one("|:A2|B8|c6:|")
    assert phrase.grid.bars == 5
    assert rows(phrase) == [(12, 4, 69), (16, 16, 71), (32, 12, 72), (44, 4, 69), (48, 16, 71), (64, 12, 72)]


def test_a_short_last_bar_of_a_section_is_filled_with_rest():
    phrase = one("B8|c6||d8|e8|]")
    assert rows(phrase) == [(0, 16, 71), (16, 12, 72), (32, 16, 74), (48, 16, 76)]


def test_a_bar_line_within_a_measure_changes_nothing():
    assert one("A8|B4||c4|d8|") == one("A8|B4c4|d8|")


def test_a_short_bar_after_a_full_one_cuts_the_tune():
    phrases, dropped = on_grid("A8|B8||c2|d8|e8|")
    assert [rows(p) for p in phrases] == [[(0, 16, 69), (16, 16, 71)], [(0, 16, 74), (16, 16, 76)]]
    assert dropped == [Dropped("book/1#bar 3", Reason.OFF_GRID, "a bar of 4 sixteenths, not 16")]


def test_ties_join_equal_pitches_and_slurs_do_not():
    assert rows(one("A8-|A4B4|")) == [(0, 24, 69), (24, 8, 71)]
    assert rows(one("A4-B4-|B8|")) == [(0, 8, 69), (8, 24, 71)]
    assert rows(one("A4-z4|A8|")) == [(0, 8, 69), (16, 16, 69)]
    assert rows(one("A2-A2-A4|B8|")) == [(0, 16, 69), (16, 16, 71)]


def test_bars_of_2_4_are_paired_after_the_pickup():
    phrase = one("G|A4|B4|c4|d4|", "2/4")
    assert phrase.grid.metre == "4/4"
    assert phrase.grid.bars == 3
    assert rows(phrase) == [(14, 2, 67), (16, 8, 69), (24, 8, 71), (32, 8, 72), (40, 8, 74)]


def test_an_odd_bar_of_2_4_is_filled_with_rest():
    phrase = one("A4|B4|c4|", "2/4")
    assert phrase.grid.bars == 2
    ids = ids_of(phrase)
    assert ids[1, 0] > 1
    assert ids[1, 8] == 1
    assert not ids[1, 9:].any()


def test_each_metre_has_its_grid():
    assert one("A8|B8|", "C|").grid.metre == "4/4"
    assert one("A6|B6|", "3/4").grid.steps_per_bar == 12
    assert one("A3B3|c6|", "6/8").grid.metre == "6/8"


def test_a_triplet_cuts_the_tune_and_is_reported():
    phrases, dropped = on_grid("A8|B8|(3ABcd6|e8|f8|")
    assert [rows(p)[0][2] for p in phrases] == [69, 76]
    assert dropped == [Dropped("book/1#bar 3", Reason.TUPLET)]


def test_thirty_seconds_and_wrong_bars_are_off_the_grid():
    _, dropped = on_grid("A8|B8|A//B//A/A7|e8|f8|")
    assert [(d.what, d.reason) for d in dropped] == [
        ("book/1#bar 3", Reason.OFF_GRID),
        ("book/1#notes", Reason.OFF_GRID),
    ]
    for bar, beyond in (("A8B2", 4), ("A4", 8)):
        phrases, dropped = on_grid(f"A8|B8|{bar}|e8|f8|")
        assert rows(phrases[-1]) == [(0, 16, 76), (16, 16, 77)]
        (fault,) = dropped
        assert (fault.reason, fault.detail) == (Reason.OFF_GRID, f"a bar of {beyond} sixteenths, not 16")


def test_a_repeated_bar_is_reported_as_often_as_it_is_played():
    _, dropped = on_grid("|:(3ABcd6|e8|f8:|")
    assert [(d.what, d.reason) for d in dropped] == [
        ("book/1#bar 1", Reason.TUPLET),
        ("book/1#bar 4", Reason.TUPLET),
    ]


def test_a_bar_of_2_4_off_the_grid_drops_the_bar_it_is_paired_with():
    phrases, dropped = on_grid("A4|B4|c4|d4|(3ABcd2|e4|f4|g4|a4|b4|", "2/4")
    assert [p.grid.bars for p in phrases] == [2, 2]
    assert [(d.what, d.reason) for d in dropped] == [
        ("book/1#bar 5", Reason.TUPLET),
        ("book/1#bar 6", Reason.TUPLET),
    ]


def test_a_single_bar_between_cuts_is_too_short():
    phrases, dropped = on_grid("A8|(3ABcd6|e8|f8|")
    assert len(phrases) == 1
    assert ("book/1#bar 1", Reason.TOO_SHORT) in [(d.what, d.reason) for d in dropped]


def test_an_unsupported_metre_is_reported_once_for_the_tune():
    phrases, dropped = on_grid("A9|B9|", "9/8")
    assert not phrases
    assert [(d.what, d.reason) for d in dropped] == [("book/1#section", Reason.METRE_NOT_SUPPORTED)]


def test_a_change_of_metre_cuts_the_tune():
    phrases, dropped = on_grid("A8|B8|\nM:3/4\nc6|d6|")
    assert [p.grid.metre for p in phrases] == ["4/4", "3/4"]
    assert not dropped


def test_of_a_second_voice_within_a_bar_the_upper_notes_are_the_melody():
    phrases, dropped = on_grid("A8|B8|c8&C8|d8|e8|")
    assert [pitch for _, _, pitch in rows(phrases[0])] == [69, 71, 72, 74, 76]
    assert [d.reason for d in dropped] == [Reason.POLYPHONIC]


def test_nothing_but_rests_is_empty():
    phrases, dropped = on_grid("z8|z8|")
    assert not phrases
    assert [d.reason for d in dropped] == [Reason.EMPTY]


def test_tempo_and_onsets_are_kept():
    song = abc_song("G3A3|B6|", "M:6/8\nL:1/8\nQ:3/8=100\nK:G")
    (tune,) = exact_tunes(song, "x", "x", "a tune", 0)
    assert isinstance(tune, Tune)
    assert tune.phrase.tempo_qpm == 150.0
    assert np.array_equal(tune.phrase.onset_step, [0, 6, 12])


@pytest.mark.parametrize(
    ("tune", "metre", "grid", "bars"),
    [("A12|B12|", "12/8", "6/8", 4), ("A3|B3|c3|d3|", "3/8", "6/8", 2), ("A4|B4|c4|d4|", "4/8", "4/4", 2)],
)
def test_bars_of_other_metres_fill_bars_of_the_grid(tune: str, metre: str, grid: str, bars: int) -> None:
    (phrase,), dropped = on_grid(tune, metre)
    assert (phrase.grid, dropped) == (Grid.of_metre(grid, bars), [])
    assert int(phrase.end_step.max()) == phrase.grid.num_steps


def test_a_fault_in_12_8_cuts_two_bars_of_the_grid() -> None:
    phrases, dropped = on_grid("A12|B12|(3ABcd10|c12|", "12/8")
    assert [phrase.grid.bars for phrase in phrases] == [4, 2]
    assert [(d.what, d.reason) for d in dropped] == [("book/1#bar 3", Reason.TUPLET)]


def test_a_bar_that_is_a_little_too_long_is_off_the_grid() -> None:
    phrases, dropped = on_grid("A8|B8|c8d//|e8|f8|")
    assert [phrase.grid.bars for phrase in phrases] == [2, 2]
    assert ("book/1#bar 3", Reason.OFF_GRID) in [(d.what, d.reason) for d in dropped]
