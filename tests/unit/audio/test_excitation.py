"""The excitation of a range of frames: lanes sum to the whole, blocks have the lanes of the whole."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.audio.excitation import excite
from symvae.audio.notes import Notes
from symvae.audio.roll import ROLL_SIZE
from symvae.audio.source import GROUPS, source
from tests.sounds import NO_NOTES, any_notes

RATE, HOP = 2_000, 50


@settings(max_examples=10)
@given(any_notes())
def test_lanes_sum_to_the_source_of_all_notes(some: Notes) -> None:
    given_notes = excite(some, 0, 81, HOP, RATE, lanes=7)
    assert given_notes.roll.shape == (7, 81, ROLL_SIZE)
    whole = source(some, 0, 4_000, RATE)
    torch.testing.assert_close(given_notes.source.sum(0), whole, atol=1e-3, rtol=1e-4)


@settings(max_examples=10)
@given(any_notes(), st.integers(1, 40))
def test_active_lanes_of_a_block_equal_those_of_the_whole(some: Notes, first: int) -> None:
    """Silent lanes are dropped; if all are, an empty one remains."""
    whole, block = excite(some, 0, 81, HOP, RATE), excite(some, first, 30, HOP, RATE)
    within = whole.roll[:, first : first + 30]
    active = within.flatten(1).any(1)
    remaining = block.roll[block.roll.flatten(1).any(1)]
    torch.testing.assert_close(remaining, within[active], atol=1e-5, rtol=1e-4)


def test_silence_has_one_lane() -> None:
    silence = excite(NO_NOTES, 5, 10, HOP, RATE)
    assert silence.roll.shape == (1, 10, ROLL_SIZE)
    assert silence.source.shape == (1, len(GROUPS), 9 * HOP)
    assert not silence.roll.any()
