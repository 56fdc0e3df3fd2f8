"""Exact edits of note arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.exact_edits import in_scale, louder, room_to_grow, scaled_lengths

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def test_accents_stay_and_only_the_ends_of_the_range_clip():
    assert louder(np.array([1, 60, 80, 120]), 10).tolist() == [11, 70, 90, 127]
    assert louder(np.array([1, 60, 80, 120]), -10).tolist() == [1, 50, 70, 110]


@st.composite
def notes(draw):
    """Onset, end and pitch of notes without overlaps of one pitch."""
    onset = np.sort(np.array(draw(st.lists(st.integers(0, 60), min_size=1, max_size=12)), np.int64))
    pitch = np.array(draw(st.lists(st.integers(60, 63), min_size=len(onset), max_size=len(onset))), np.int64)
    _, first = np.unique(np.column_stack([onset, pitch]), axis=0, return_index=True)
    onset, pitch = onset[first], pitch[first]
    length = np.array(draw(st.lists(st.integers(1, 30), min_size=len(onset), max_size=len(onset))))
    end = onset + length
    for row in range(len(onset)):
        later = onset[(pitch == pitch[row]) & (onset > onset[row])]
        end[row] = min(end[row], later.min()) if len(later) else end[row]
    return onset, end, pitch


@given(notes(), st.floats(0.05, 16))
def test_scaled_lengths_bring_no_overlap_of_a_pitch(some, times):
    onset, end, pitch = some
    room = room_to_grow(onset, onset, pitch, np.ones(len(onset), bool))
    new = scaled_lengths(onset, end, room, times, 1)
    assert (new > onset).all()
    assert (new >= end).all() if times > 1 else (new <= end).all()
    for row in range(len(onset)):
        later = onset[(pitch == pitch[row]) & (onset > onset[row])]
        assert not len(later) or new[row] <= later.min()


def test_a_note_grows_up_to_the_next_onset_and_a_longer_one_stays():
    onset, pitch = np.array([0, 0, 4]), np.array([48, 60, 62])
    end = np.array([8, 2, 6])
    room = room_to_grow(onset, onset, pitch, np.ones(3, bool))
    assert scaled_lengths(onset, end, room, 4.0, 1).tolist() == [8, 4, 12]


def test_a_chord_that_is_spread_grows_as_one():
    """The player's next note of the same step is no next onset."""
    onset, step, pitch = np.array([0, 5, 480]), np.array([0, 0, 4]), np.array([60, 64, 67])
    room = room_to_grow(onset, step, pitch, np.ones(3, bool))
    assert room[:2].tolist() == [480, 480]


def test_a_line_ends_before_its_own_pitch_beside_it():
    """The second note is hidden under the line, and its pitch is that of the first."""
    onset, pitch = np.array([0, 4, 8]), np.array([60, 60, 64])
    assert room_to_grow(onset, onset, pitch, np.array([True, False, True]))[0] == 4


def test_short_notes_are_not_shortened():
    onset, end = np.array([0, 100]), np.array([40, 400])
    assert scaled_lengths(onset, end, end, 0.1, 60).tolist() == [40, 160]


@pytest.mark.parametrize(
    ("steps", "expected"), [(4, [67, 71, 72, 68]), (-1, [59, 62, 64, 60]), (7, [72, 76, 77, 73])]
)
def test_steps_of_a_scale_keep_alterations(steps, expected):
    assert in_scale(np.array([60, 64, 65, 61]), C_MAJOR, steps).tolist() == expected


@given(st.lists(st.integers(0, 127), min_size=1), st.integers(-5, 5))
def test_octaves_of_a_scale_are_octaves(pitches, octaves):
    pitch = np.array(pitches)
    assert (in_scale(pitch, C_MAJOR, 7 * octaves) == pitch + 12 * octaves).all()
