"""What a splice is made of: pairs of notes, groove, ends, bends and pedal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.as_played import as_played
from symvae.music.bends import without_bends_of
from symvae.music.collisions import without_collisions
from symvae.music.continuation import continuation
from symvae.music.grid import Grid
from symvae.music.groove import Groove
from symvae.music.pedal import press_again
from symvae.music.phrase import Phrase

STEP = 120.0


def phrase(*notes: tuple[int, int], velocity: int = 90) -> Phrase:
    """Notes as (step, pitch), a step each."""
    onset, pitch = np.array(notes, np.int64).reshape(-1, 2).T
    return Phrase(Grid(1), onset, np.ones(len(onset), int), pitch, np.full(len(onset), velocity))


def pairs_of(before: Phrase, after: Phrase) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    found = continuation(before, after)
    return {
        (
            (int(before.onset_step[old]), int(before.pitch[old])),
            (int(after.onset_step[new]), int(after.pitch[new])),
        )
        for old, new in zip(found.old, found.new, strict=True)
    }


def test_notes_that_both_phrases_have_are_kept():
    assert pairs_of(phrase((0, 60), (4, 64)), phrase((4, 64), (9, 60))) == {((4, 64), (4, 64))}


def test_a_chord_moves_voice_by_voice():
    low, high = phrase((0, 48), (0, 55), (0, 64)), phrase((0, 60), (0, 67), (0, 76))
    assert pairs_of(low, high) == {((0, 48), (0, 60)), ((0, 55), (0, 67)), ((0, 64), (0, 76))}


def test_the_same_step_comes_before_a_nearer_pitch():
    assert pairs_of(phrase((4, 60)), phrase((4, 65), (5, 61))) == {((4, 60), (4, 65))}


@pytest.mark.parametrize(("place", "found"), [((6, 60), True), ((7, 60), False), ((4, 84), True)])
def test_a_note_replaces_another_up_to_an_eighth_away(place, found):
    """An interval counts after the shift of the whole: a single note may move any number of octaves."""
    assert bool(pairs_of(phrase((4, 60)), phrase(place))) == found


def test_a_note_far_above_replaces_no_bass():
    assert pairs_of(phrase((0, 36), (0, 72)), phrase((0, 72), (0, 84))) == {((0, 72), (0, 72))}


notes = st.lists(st.tuples(st.integers(0, 15), st.integers(40, 90)), max_size=12, unique=True)


@settings(max_examples=40)
@given(notes, notes)
def test_law_every_note_is_in_one_place(old, new):
    before, after = phrase(*old), phrase(*new)
    found = continuation(before, after)
    assert sorted([*found.old, *found.gone]) == list(range(len(before)))
    assert sorted([*found.new, *found.added]) == list(range(len(after)))
    assert {(a, a) for a in set(old) & set(new)} <= pairs_of(before, after)


def test_accents_move_together():
    before = phrase((0, 60), (4, 64)).with_notes(*np.array([[0, 4], [1, 1], [60, 64], [50, 100]]))
    after = before.with_notes(*np.array([[0, 4, 8], [1, 1, 1], [60, 76, 70], [61, 99, 70]]))
    assert as_played(before, after, louder=False, longer=True).velocity.tolist() == [50, 100, 70]
    assert as_played(before, after, louder=True, longer=True).velocity.tolist() == [55, 105, 70]


def test_lengths_stay_up_to_the_next_note_of_the_pitch():
    before = phrase((0, 60), (4, 64)).with_notes(*np.array([[0, 4], [9, 5], [60, 64], [90, 90]]))
    after = before.with_notes(*np.array([[0, 4, 8], [3, 3, 2], [60, 67, 60], [90, 90, 90]]))
    assert as_played(before, after, louder=False, longer=False).duration_step.tolist() == [8, 5, 2]
    assert as_played(before, after, louder=False, longer=True).duration_step.tolist() == [3, 3, 2]


@pytest.mark.parametrize(
    ("step", "tick"),
    [
        (3, 320),  # where the beat before has it
        (11, 2 * 480 + 320),
        (4, 490),  # as the note at this step
        (8, 960),  # as the middle one of three beats: 0, 10 and 0 late
        (10, 1200),  # no note is at this place of a beat: as the beats
        (70, 70 * STEP),  # too far from all notes
    ],
)
def test_a_step_is_played_as_its_neighbors_are(step, tick):
    groove = Groove.of(np.array([0, 320, 490, 800, 1440]), Grid(1), 0, STEP)
    assert groove.tick(step) == tick


@settings(max_examples=40)
@given(st.lists(st.integers(0, 4000), max_size=12), st.integers(0, 31))
def test_law_a_step_is_read_where_it_was_meant(onsets, step):
    tick = Groove.of(np.array(onsets, np.int64), Grid(1), 0, STEP).tick(step)
    assert np.floor(tick / STEP + 0.5) == step


def test_only_edited_notes_end_others():
    onset, end = np.array([0, 10, 20]), np.array([15, 25, 40])
    voice, none = np.zeros(3, int), np.zeros(3, bool)
    assert without_collisions(onset, end, voice, none, none).tolist() == [15, 25, 40]
    new = np.array([False, False, True])
    assert without_collisions(onset, end, voice, new, new).tolist() == [15, 20, 40]
    assert without_collisions(onset, end, np.array([0, -1, 0]), new, new).tolist() == [15, 25, 40]
    assert without_collisions(onset, end, voice, none, ~new).tolist() == [10, 20, 40]


def bent(*rows: tuple[int, int]) -> np.ndarray:
    return np.array(rows, np.int64).reshape(-1, 2)


@pytest.mark.parametrize(
    ("gone", "bends", "after", "number"),
    [
        ([False, False], bent((0, 5), (15, 7)), bent((0, 5), (15, 7)), 0),
        ([False, True], bent((0, 5), (25, 7), (28, 0)), bent((0, 5), (10, 0)), 1),
        ([True, False], bent((0, 5), (8, 7)), bent((10, 7)), 2),
        ([True, False], bent((0, 5), (12, 7)), bent((10, 5), (12, 7)), 1),
        ([True, True], bent((0, 5), (25, 7)), bent((30, 7)), 2),
    ],
    ids=["none is gone", "the silence before a note is its own", "a bend held on", "a bend in time", "all"],
)
def test_bends_belong_to_what_sounds(gone, bends, after, number):
    """Two notes with a rest between: 0 to 10 and 20 to 30."""
    found = without_bends_of(bends, np.array([0, 20]), np.array([10, 30]), np.array(gone))
    assert (found.bends.tolist(), found.num_reset) == (after.tolist(), number)


def test_a_note_that_stays_keeps_its_bends_beside_one_that_is_gone():
    bends = bent((5, 100), (15, 50))
    found = without_bends_of(bends, np.array([0, 0]), np.array([20, 10]), np.array([False, True]))
    assert (found.bends.tolist(), found.num_reset) == (bends.tolist(), 0)


@pytest.mark.parametrize(
    ("pedal", "pressed"),
    [
        ([(0, 127), (900, 0)], True),
        ([(0, 127), (470, 0)], False),
        ([(0, 127), (470, 0), (490, 127)], False),
        ([(480, 127), (900, 0)], False),
        ([], False),
    ],
    ids=["held over the line", "up before it", "changed on it", "down on it", "no pedal"],
)
def test_a_pedal_is_pressed_again_where_it_is_held_over_a_line(pedal, pressed):
    controls = np.array([(tick, 64, value) for tick, value in pedal] + [(500, 7, 99)])
    found = press_again(controls[np.argsort(controls[:, 0])], [480], STEP)
    more = [row for row in found.controls.tolist() if row not in controls.tolist()]
    assert more == ([[479, 64, 0], [480, 64, 127]] if pressed else [])
    assert found.num_pressed == pressed
