"""Thinning: what is kept stays, the pattern goes first, and longer notes meet nothing new."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.arranging.no_new_clashes import without_new_clashes
from symvae.music.arranging.thinning import without_notes, without_onsets
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase


def alberti(bars: int = 4) -> Phrase:
    """A melody in half notes over broken triads in eighths."""
    rows = [(start, 8, 72 + start % 5, 90) for start in range(0, 16 * bars, 8)]
    rows += [(start, 2, (48, 55, 52, 55)[start // 2 % 4], 60) for start in range(0, 16 * bars, 2)]
    return Phrase(Grid(bars), *np.array(rows).T)


def melody(phrase: Phrase) -> np.ndarray:
    return phrase.pitch >= 72


def places(phrase: Phrase) -> set[tuple[int, int]]:
    return set(zip(phrase.onset_step.tolist(), phrase.pitch.tolist(), strict=True))


@given(st.integers(0, 60))
def test_what_is_kept_stays_and_no_note_is_new(count):
    phrase = alberti()
    thin = without_notes(phrase, count, melody(phrase))
    assert places(phrase.select(melody(phrase))) <= places(thin) <= places(phrase)


@pytest.mark.parametrize("count", [8, 16, 24])
def test_a_step_of_the_pattern_goes_in_every_bar_alike(count):
    phrase = alberti()
    for thin in (without_notes(phrase, count, melody(phrase)), without_onsets(phrase, count, melody(phrase))):
        steps = [np.unique(thin.onset_step[thin.onset_step // 16 == bar] % 16).tolist() for bar in range(4)]
        assert steps[0] == steps[1] == steps[2] == steps[3]
        assert len(phrase) - len(thin) == count


def test_weak_steps_go_before_strong_ones_and_the_note_before_is_held_on():
    phrase = alberti(1)
    thin = without_notes(phrase, 4, melody(phrase))
    low = thin.select(~melody(thin))
    assert low.onset_step.tolist() == [0, 4, 8, 12]
    assert low.duration_step.tolist() == [4, 4, 4, 4]


def test_in_chords_doublings_go_before_inner_tones_and_the_bass_stays():
    phrase = Phrase(Grid(1), np.zeros(5, int), np.full(5, 16), np.array([48, 52, 55, 64, 76]))
    kept = phrase.pitch == 76
    assert without_notes(phrase, 1, kept).pitch.tolist() in ([48, 55, 64, 76], [48, 52, 55, 76])
    assert without_notes(phrase, 9, kept).pitch.tolist() == [48, 76]


def test_a_longer_note_ends_where_one_starts_that_would_clash():
    source = Phrase(Grid(1), np.array([0, 4]), np.array([2, 4]), np.array([60, 61]))
    edited = source.with_notes(source.onset_step, np.array([8, 4]), source.pitch, source.velocity)
    assert without_new_clashes(source, edited).duration_step.tolist() == [4, 4]


def test_a_longer_note_leaves_a_step_before_its_pitch_is_struck_again():
    source = Phrase(Grid(1), np.array([0, 8]), np.array([2, 4]), np.array([60, 60]))
    edited = source.with_notes(source.onset_step, np.array([8, 4]), source.pitch, source.velocity)
    assert without_new_clashes(source, edited).duration_step.tolist() == [7, 4]


@given(st.integers(0, 200))
def test_what_the_source_has_stays_as_it_is(seed):
    rng = np.random.default_rng(seed)
    onset, pitch = rng.integers(0, 16, 12), rng.integers(60, 66, 12)
    source = Phrase(Grid(2), onset, rng.integers(1, 6, 12), pitch).without_overlaps()
    assert without_new_clashes(source, source) == source
    longer = source.with_notes(source.onset_step, source.duration_step + 2, source.pitch, source.velocity)
    ends = without_new_clashes(source, longer).end_step
    assert (source.end_step <= ends).all()
    assert (ends <= longer.end_step).all()
