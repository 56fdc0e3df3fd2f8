"""Notes are matched as in mir_eval: one to one, as many as possible."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.audio.note_matching import match, match_clips
from symvae.audio.notes import Notes


def notes(*rows: tuple[float, int]) -> Notes:
    onset, pitch = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], np.int64)
    return Notes(onset, np.full(len(rows), 0.2), pitch, np.full(len(rows), 64))


def largest_matching(reference: Notes, estimated: Notes) -> int:
    """Maximum over all assignments of the shorter list to the longer."""
    few, many = sorted((reference, estimated), key=lambda n: len(n.pitch))
    return max(
        sum(
            few.pitch[row] == many.pitch[other]
            and round(abs(few.onset_sec[row] - many.onset_sec[other]), 4) <= 0.05
            for row, other in enumerate(order)
        )
        for order in permutations(range(len(many.pitch)), len(few.pitch))
    )


rows = st.lists(st.tuples(st.integers(0, 12).map(lambda n: n / 50), st.integers(60, 61)), max_size=5)


@given(rows, rows)
def test_the_matching_is_maximal(reference, estimated):
    assert match(notes(*reference), notes(*estimated)).matched == largest_matching(
        notes(*reference), notes(*estimated)
    )


@given(rows)
def test_notes_match_themselves(played):
    counts = match(notes(*played), notes(*played))
    assert counts.matched == len(played)
    assert counts.f1 == (1.0 if played else 0.0)


def test_the_tolerance_is_fifty_milliseconds_and_no_semitone():
    assert match(notes((1.0, 60)), notes((1.05, 60))).matched == 1
    assert match(notes((1.0, 60)), notes((1.0501, 60))).matched == 0
    assert match(notes((1.0, 60)), notes((1.0, 61))).matched == 0


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    counts = match(notes((0, 60), (1, 60), (2, 60)), notes((0, 60), (3, 60)))
    precision, recall = 1 / 2, 1 / 3
    assert counts.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_clips_are_pooled_without_their_last_notes():
    reference = [notes((0, 60), (1.95, 60)), notes((0.5, 62))]
    estimated = [notes((0, 60)), notes((0.5, 62), (1.0, 62))]
    assert match_clips(reference, estimated, until_sec=2.0)[:] == (2, 3, 2)
    assert match_clips([], []).f1 == 0.0
