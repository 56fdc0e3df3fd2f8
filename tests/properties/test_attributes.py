"""Laws of every attribute in the table, for any phrase, chords included."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.attributes.table import ATTRIBUTES, measure
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase

TRANSPOSITION_MATTERS = {"register", "c_major_membership"}
TEMPO_MATTERS = {"tempo", "notes_per_second"}
VELOCITY_MATTERS = {"mean_velocity"}


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


def one_at_a_time(phrase: Phrase) -> Phrase:
    """Of notes that start together, the top one; each ends before the next."""
    onset, count = np.unique(phrase.onset_step, return_counts=True)
    top = count.cumsum() - 1
    room = np.append(onset[1:], phrase.grid.num_steps)[: len(onset)] - onset
    return Phrase(
        phrase.grid,
        onset,
        np.minimum(phrase.duration_step[top], room),
        phrase.pitch[top],
        phrase.velocity[top],
        phrase.tempo_qpm,
    )


@given(phrases())
def test_every_value_lies_within_its_bounds(phrase: Phrase) -> None:
    for name, column in measure([phrase]).items():
        lowest, highest = ATTRIBUTES[name].bounds
        assert np.isfinite(column).all()
        assert lowest <= column[0] <= highest + 1e-12, name


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("bars", [1, 3])
def test_every_attribute_is_defined_on_silence(metre: str, bars: int) -> None:
    silence = Phrase(Grid.of_metre(metre, bars), tempo_qpm=77.0)
    measured = {name: column[0] for name, column in measure([silence]).items()}
    assert measured.pop("tempo") == 77  # the one that needs no notes
    assert measured == {name: ATTRIBUTES[name].on_silence for name in measured}


@given(phrases(min_pitch=24, max_pitch=103), st.integers(-24, 24))
def test_only_two_attributes_depend_on_transposition(phrase: Phrase, semitones: int) -> None:
    before, after = measure([phrase]), measure([phrase.transpose(semitones)])
    for name in before.keys() - TRANSPOSITION_MATTERS:
        assert after[name][0] == pytest.approx(before[name][0], abs=1e-12), name


@given(phrases(min_pitch=24, max_pitch=103, min_notes=1), st.integers(-24, 24))
def test_the_register_follows_a_transposition(phrase: Phrase, semitones: int) -> None:
    moved = ATTRIBUTES["register"](phrase.transpose(semitones))
    assert moved == pytest.approx(ATTRIBUTES["register"](phrase) + semitones)


@given(phrases(), st.floats(20, 300))
def test_only_two_attributes_depend_on_the_tempo(phrase: Phrase, tempo_qpm: float) -> None:
    played = phrase.with_tempo(tempo_qpm)
    before, after = measure([phrase]), measure([played])
    for name in before.keys() - TEMPO_MATTERS:
        assert after[name][0] == before[name][0], name
    times = played.tempo_qpm / phrase.tempo_qpm
    for name in TEMPO_MATTERS:
        assert after[name][0] == pytest.approx(before[name][0] * times), name


@given(phrases(min_notes=1), st.integers(1, 127))
def test_only_one_attribute_depends_on_velocities(phrase: Phrase, velocity: int) -> None:
    played = replace(phrase, velocity=np.full(len(phrase), velocity))
    before, after = measure([phrase]), measure([played])
    for name in before.keys() - VELOCITY_MATTERS:
        assert after[name][0] == before[name][0], name
    assert after["mean_velocity"][0] == velocity


@given(phrases())
def test_an_inverted_melody_goes_the_other_way(phrase: Phrase) -> None:
    melody = one_at_a_time(phrase)
    inverted = replace(melody, pitch=127 - melody.pitch)
    assert ATTRIBUTES["contour"](inverted) == -ATTRIBUTES["contour"](melody)


@given(phrases())
def test_contour_is_within_the_range(phrase: Phrase) -> None:
    melody = one_at_a_time(phrase)
    assert abs(ATTRIBUTES["contour"](melody)) <= ATTRIBUTES["pitch_range"](melody)


@given(phrases())
def test_a_chord_makes_a_phrase_denser_but_no_rhythm(phrase: Phrase) -> None:
    melody = one_at_a_time(phrase)
    of_phrase, of_melody = measure([phrase]), measure([melody])
    for name in ("rhythm_density", "rhythmic_complexity"):
        assert of_phrase[name][0] == of_melody[name][0], name
    for name in ("onset_density", "notes_per_bar", "note_density", "notes_per_second"):
        assert of_phrase[name][0] >= of_melody[name][0], name


@given(phrases())
def test_densities_agree_on_one_note_at_a_time(phrase: Phrase) -> None:
    melody = one_at_a_time(phrase)
    densities = measure([melody], ["onset_density", "rhythm_density"])
    assert densities["onset_density"][0] == densities["rhythm_density"][0]


@given(phrases())
def test_note_density_and_rest_share_add_up_in_a_melody(phrase: Phrase) -> None:
    """In a sixteenth without a rest at least one note sounds; in a melody, exactly one."""
    measured = measure([phrase, one_at_a_time(phrase)], ["note_density", "rest_share"])
    some_sound = 1 - measured["rest_share"]
    assert measured["note_density"][0] >= some_sound[0] - 1e-12
    assert measured["note_density"][1] == pytest.approx(some_sound[1])


@given(phrases(min_notes=1), st.integers(1, 8))
def test_shorter_notes_are_more_detached(phrase: Phrase, at_most: int) -> None:
    shorter = replace(phrase, duration_step=np.minimum(phrase.duration_step, at_most))
    assert ATTRIBUTES["articulation"](shorter) <= ATTRIBUTES["articulation"](phrase) + 1e-12


@given(phrases())
def test_c_major_is_one_of_the_scales(phrase: Phrase) -> None:
    assert ATTRIBUTES["c_major_membership"](phrase) <= ATTRIBUTES["diatonic_share"](phrase)
