"""Buttons by rule: eight buttons that trace a line."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.buttons import NUM_BUTTONS, buttons_of
from symvae.music.chords import chords_of
from symvae.music.grid import Grid
from symvae.music.key_presses import ANY_CHORD, delta_class, presses_of
from symvae.music.phrase import Phrase

PITCHES = st.lists(st.integers(21, 108), min_size=1, max_size=60).map(np.array)


@given(PITCHES)
def test_buttons_never_move_against_the_pitch_and_stay_on_a_repeated_one(pitch):
    button = buttons_of(pitch)
    assert button.min() >= 0
    assert button.max() < NUM_BUTTONS
    up, higher = np.sign(np.diff(button)), np.sign(np.diff(pitch))
    assert (up * higher >= 0).all()
    assert (up[higher == 0] == 0).all()


@given(st.lists(st.integers(40, 80), min_size=1, max_size=40).map(np.array), st.integers(-12, 12))
def test_a_transposed_line_has_the_same_buttons(pitch, by):
    assert np.array_equal(buttons_of(pitch), buttons_of(pitch + by))


def test_a_scale_of_eight_notes_takes_all_buttons():
    assert buttons_of(np.array([60, 62, 64, 65, 67, 69, 71, 72])).tolist() == list(range(8))


def test_a_button_stays_in_a_run_that_has_more_notes_than_there_are_buttons():
    button = buttons_of(np.arange(40, 60))
    assert (np.diff(button) >= 0).all()
    assert (button[0], button[-1]) == (0, 7)


def test_presses_have_the_time_since_the_note_before_and_the_chord():
    phrase = Phrase(
        Grid(1), np.array([0, 0, 4, 8]), np.array([8, 8, 4, 8]), np.array([60, 64, 67, 48]), tempo_qpm=120.0
    )
    presses = presses_of(phrase, chords_of(phrase))
    assert presses.pitch.tolist() == [60, 64, 67, 48]
    assert presses.delta_sec.tolist() == [0, 0, 0.5, 0.5]
    assert presses.chord[0] == 1 << 0 | 1 << 4 | 1 << 7
    assert set(presses_of(phrase).chord.tolist()) == {ANY_CHORD}
    assert delta_class(0.0) == delta_class(0.01) == 0 < delta_class(0.3) < delta_class(9.0)
