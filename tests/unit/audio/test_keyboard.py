"""Pitches outside the piano's range are folded by octaves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symvae.audio.keyboard import KEYS, LOWEST, on_keyboard


@given(st.integers(-40, 200))
def test_a_pitch_is_folded_to_the_nearest_octave_of_the_piano(pitch: int) -> None:
    key = int(on_keyboard(np.array([pitch]))[0])
    assert LOWEST <= key < LOWEST + KEYS
    assert (key - pitch) % 12 == 0
    other = key + (12 if key < pitch else -12)  # one octave nearer would be off the keyboard
    assert key == pitch or not LOWEST <= other < LOWEST + KEYS
