"""Chords of half bars."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.chords import QUALITIES, chords_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase


def chorale(*chords: list[int], length: int = 8) -> Phrase:
    """A chord every half bar."""
    onset = np.repeat(np.arange(len(chords)) * length, [len(chord) for chord in chords])
    pitch = np.concatenate([np.array(chord) for chord in chords])
    return Phrase(Grid(-(-len(chords) * length // 16)), onset, np.full(len(pitch), length), pitch)


def test_a_cadence_is_read_chord_by_chord():
    found = chords_of(chorale([48, 64, 67], [41, 60, 65, 69], [43, 59, 62, 65], [48, 60, 64, 67]))
    assert found.names() == ["Cmaj", "Fmaj", "G7", "Cmaj"]
    assert found.span_step == 8


@pytest.mark.parametrize(
    ("pitches", "name"), [([45, 60, 64], "Amin"), ([50, 65, 69, 72], "Dmin7"), ([59, 62, 65], "Bdim")]
)
def test_names(pitches, name):
    assert chords_of(chorale(pitches, pitches)).names() == [name, name]


def test_a_passing_tone_changes_no_chord():
    phrase = chorale([48, 64, 67], [48, 64, 67])
    passing = phrase.with_notes(
        *(np.append(column, new) for column, new in zip(phrase.columns, (10, 1, 65, 80), strict=True))
    )
    assert chords_of(passing).names() == ["Cmaj", "Cmaj"]


def test_before_the_first_note_there_is_no_chord_and_a_rest_keeps_the_last():
    phrase = Phrase(Grid(2), np.full(3, 8), np.full(3, 8), np.array([48, 64, 67]))
    found = chords_of(phrase)
    assert found.names() == ["N", "Cmaj", "Cmaj", "Cmaj"]
    assert found.tones()[0].all()
    assert np.flatnonzero(found.tones()[1]).tolist() == [0, 4, 7]


def test_silence_has_no_chords():
    assert chords_of(Phrase(Grid(1))).names() == ["N", "N"]


@given(st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
def test_a_transposition_transposes_the_roots(by, quality):
    pitches = [48 + tone for tone in QUALITIES[quality]]
    root = chords_of(chorale(pitches, pitches)).root
    moved = chords_of(chorale([p + by for p in pitches], [p + by for p in pitches])).root
    assert ((root + by) % 12).tolist() == moved.tolist()


def test_half_a_bar_of_three_quarters_is_six_sixteenths():
    grid = Grid.of_metre("3/4", 2)
    found = chords_of(Phrase(grid, np.zeros(3, int), np.full(3, 12), np.array([48, 64, 67])))
    assert found.span_step == 6
    assert found.names() == ["Cmaj"] * 4
