"""Loudness over windows: no steps at their lines, the mean kept where nothing is fixed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.pipelines.common_loudness import MOST_STEP, limited_curve, with_common_loudness

CHANGES = st.lists(st.floats(-48, 48), min_size=1, max_size=12)


@given(CHANGES)
def test_neighbors_differ_by_a_step_at_most(changes):
    curve = limited_curve(np.array(changes), np.zeros(len(changes), bool))
    assert np.abs(np.diff(curve)).max(initial=0) <= MOST_STEP + 1e-9
    assert min(changes) - 1e-9 <= curve.min()
    assert curve.max() <= max(changes) + 1e-9


@given(CHANGES)
def test_a_curve_without_steps_stays_as_it_is(changes):
    even = np.cumsum(np.clip(changes, -MOST_STEP, MOST_STEP))
    np.testing.assert_allclose(limited_curve(even, np.zeros(len(even), bool)), even, atol=1e-9)


def test_the_curve_meets_what_is_fixed():
    changes = np.array([-40.0, 0.0, -40.0, -40.0])
    curve = limited_curve(changes, np.array([False, True, False, False]))
    assert curve[1] == 0
    assert curve[0] == curve[2] == -MOST_STEP
    assert curve[3] == -2 * MOST_STEP


def test_windows_are_louder_as_a_whole():
    notes = (np.array([0, 4]), np.array([4, 4]), np.array([60, 64]))
    source = Phrase(Grid(1), *notes, np.array([60, 80]))
    louder = source.with_notes(*notes, np.array([100, 120]))
    even = with_common_loudness([source] * 3, {0: source, 1: louder, 2: source})
    means = [even[row].velocity.mean() - 70 for row in range(3)]
    assert np.abs(np.diff(means)).max() <= MOST_STEP + 1
    assert even[1].velocity[1] - even[1].velocity[0] == 20
