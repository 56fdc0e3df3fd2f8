"""Laws of holding rhythm or pitches, on random ids: 0 rest, 1 hold, 2 to 5 start notes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from symvae.system.holds import HELD, hold

ONSETS = (2, 5)
SEEDS = st.integers(0, 10**6)


def melodies(seed: int, count: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).choice(6, (count, 2, 8), p=[0.1, 0.3, *[0.15] * 4])


def is_onset(ids: np.ndarray) -> np.ndarray:
    return ids >= 2


@given(seed=SEEDS)
def test_the_rhythm_is_that_of_the_reference(seed) -> None:
    rows, (reference,) = melodies(seed), melodies(seed + 1, 1)
    held = hold(rows, reference, "rhythm", ONSETS)
    np.testing.assert_array_equal(is_onset(held), np.broadcast_to(is_onset(reference), held.shape))
    rest = ~is_onset(reference)
    np.testing.assert_array_equal(held[:, rest], np.broadcast_to(reference[rest], (3, rest.sum())))
    both = is_onset(rows) & is_onset(reference)
    np.testing.assert_array_equal(held[both], rows[both])


@given(seed=SEEDS)
def test_the_pitches_are_those_of_the_reference(seed) -> None:
    rows, (reference,) = melodies(seed), melodies(seed + 1, 1)
    held = hold(rows, reference, "pitch", ONSETS)
    np.testing.assert_array_equal(is_onset(held), is_onset(rows))
    np.testing.assert_array_equal(held[~is_onset(rows)], rows[~is_onset(rows)])
    if is_onset(reference).any():
        assert set(held[is_onset(held)]) <= set(reference[is_onset(reference)])


@given(seed=SEEDS)
def test_a_melody_holds_itself_and_silence_changes_nothing(seed) -> None:
    (reference,) = melodies(seed, 1)
    silence = np.zeros((1, 2, 8), int)
    for kept in HELD:
        np.testing.assert_array_equal(hold(reference[None], reference, kept, ONSETS)[0], reference)
    np.testing.assert_array_equal(hold(silence, reference, "rhythm", ONSETS)[0], reference)
    np.testing.assert_array_equal(hold(reference[None], silence[0], "pitch", ONSETS)[0], reference)


@given(seed=SEEDS, place=st.integers(0, 8))
def test_beats_of_held_melodies_hold_together(seed, place) -> None:
    """A search that takes one beat here and the next one there keeps what all candidates keep."""
    (one, other), (reference,) = melodies(seed, 2), melodies(seed + 1, 1)
    held = hold(np.stack([one, other]), reference, "rhythm", ONSETS)
    mixed = np.concatenate([held[:1, :, :place], held[1:, :, place:]], axis=2)
    np.testing.assert_array_equal(hold(mixed, reference, "rhythm", ONSETS), mixed)
