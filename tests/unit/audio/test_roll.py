"""Piano-roll features: values by hand, bounds, blocks equal the whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.notes import Notes
from symvae.audio.roll import AGE_SEC, FEATURES, RELEASE_SEC, ROLL_SIZE, roll
from tests.sounds import any_notes, notes_from

FRAME_SEC = 0.025
ONSET, HELD, AGE, RELEASE = range(len(FEATURES))


def key_features(rows: np.ndarray) -> np.ndarray:
    """Features of the keys: frame, feature, key."""
    return rows[:, : len(FEATURES) * KEYS].reshape(len(rows), len(FEATURES), KEYS)


@settings(max_examples=30)
@given(any_notes(), st.lists(st.integers(0, 80), max_size=4))
def test_blocks_equal_the_whole(some: Notes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 80]
    blocks = [roll(some, a, b - a, FRAME_SEC) for a, b in pairwise(edges)]
    np.testing.assert_allclose(np.concatenate(blocks), roll(some, 0, 80, FRAME_SEC), atol=1e-6)


@settings(max_examples=15)
@given(any_notes())
def test_the_order_of_notes_does_not_matter(some: Notes) -> None:
    reversed_notes = some.select(np.arange(len(some.pitch))[::-1])
    np.testing.assert_array_equal(roll(reversed_notes, 0, 80, FRAME_SEC), roll(some, 0, 80, FRAME_SEC))


def test_features_of_a_note_by_hand() -> None:
    """Struck between frames 2 and 3, a quarter of the way; released at frame 10."""
    rows = roll(notes_from((2.25 * FRAME_SEC, 7.75 * FRAME_SEC, 60, 127)), 0, 20, FRAME_SEC)
    assert rows.shape == (20, ROLL_SIZE)
    features = key_features(rows)
    assert not np.delete(features, 60 - LOWEST, axis=2).any()
    key = features[:, :, 60 - LOWEST]
    np.testing.assert_allclose(key[:, ONSET], [0, 0, 0.75, 0.25] + [0] * 16, atol=1e-6)
    assert key[:, HELD].tolist() == [0] * 2 + [1] * 8 + [0] * 10
    np.testing.assert_allclose(key[3:10, AGE], np.exp(-(np.arange(3, 10) - 2.25) * FRAME_SEC / AGE_SEC), 1e-5)
    np.testing.assert_allclose(key[10:, RELEASE], np.exp(-np.arange(10) * FRAME_SEC / RELEASE_SEC), 1e-5)
    assert not key[10:, AGE].any()
    assert not key[:10, RELEASE].any()


def test_of_two_notes_on_one_key_the_louder_counts() -> None:
    loud, soft = (0.0, 1.0, 60, 127), (0.5, 1.0, 60, 40)
    both = key_features(roll(notes_from(loud, soft), 0, 60, FRAME_SEC))
    alone = key_features(roll(notes_from(loud), 0, 60, FRAME_SEC))
    assert np.array_equal(both[:40, HELD], alone[:40, HELD])
    assert both[50, HELD, 60 - LOWEST] == pytest.approx(40 / 127)


@settings(max_examples=30)
@given(any_notes())
def test_key_features_lie_between_0_and_the_largest_velocity(some: Notes) -> None:
    rows = roll(some, 0, 60, FRAME_SEC)
    assert np.isfinite(rows).all()
    assert key_features(rows).min() >= 0
    assert key_features(rows).max() <= some.velocity.max() / 127 + 1e-6
