"""Laws of every attribute in the table, for any phrase, chords included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.music.grid import METRES, Grid
from symvae.music.phrase import Phrase

TRANSPOSITION_MATTERS = {"register", "c_major_membership"}


@st.composite
def phrases(draw, min_pitch: int = 0, max_pitch: int = 127, min_notes: int = 0) -> Phrase:
    """Any notes on any grid."""
    grid = Grid.of_metre(draw(st.sampled_from(list(METRES))), draw(st.integers(1, 4)))
    a_note = st.tuples(
        st.integers(0, grid.num_steps - 1),
        st.integers(1, grid.num_steps),
        st.integers(min_pitch, max_pitch),
        st.integers(1, 127),
    )
    notes = np.array(draw(st.lists(a_note, min_size=min_notes, max_size=30)), np.int64).reshape(-1, 4)
    onset, duration, pitch, velocity = notes.T
    return Phrase(grid, onset, np.minimum(duration, grid.num_steps - onset), pitch, velocity)


@given(phrases())
def test_every_value_lies_within_its_bounds(phrase: Phrase) -> None:
    for name, column in measure([phrase]).items():
        lowest, highest = ATTRIBUTES[name].bounds
        assert np.isfinite(column).all()
        assert lowest <= column[0] <= highest + 1e-12, name


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("bars", [1, 3])
def test_every_attribute_is_defined_on_silence(metre: str, bars: int) -> None:
    silence = Phrase(Grid.of_metre(metre, bars))
    for name, column in measure([silence]).items():
        assert column[0] == ATTRIBUTES[name].on_silence


@given(phrases(min_pitch=24, max_pitch=103), st.integers(-24, 24))
def test_only_two_attributes_hear_a_transposition(phrase: Phrase, semitones: int) -> None:
    before, after = measure([phrase]), measure([phrase.transpose(semitones)])
    for name in ATTRIBUTES.keys() - TRANSPOSITION_MATTERS:
        assert after[name][0] == pytest.approx(before[name][0], abs=1e-12), name


@given(phrases(min_pitch=24, max_pitch=103, min_notes=1), st.integers(-24, 24))
def test_the_register_follows_a_transposition(phrase: Phrase, semitones: int) -> None:
    moved = ATTRIBUTES["register"](phrase.transpose(semitones))
    assert moved == pytest.approx(ATTRIBUTES["register"](phrase) + semitones)


@given(phrases(), st.floats(20, 300), st.integers(1, 127))
def test_no_attribute_hears_tempo_or_velocity(phrase: Phrase, tempo_qpm: float, velocity: int) -> None:
    played = Phrase(
        phrase.grid,
        phrase.onset_step,
        phrase.duration_step,
        phrase.pitch,
        np.full(len(phrase), velocity),
        tempo_qpm,
    )
    for name, column in measure([phrase]).items():
        assert measure([played])[name][0] == column[0]


@given(phrases())
def test_c_major_is_one_of_the_scales(phrase: Phrase) -> None:
    assert ATTRIBUTES["c_major_membership"](phrase) <= ATTRIBUTES["diatonic_share"](phrase)
