"""Lanes hold one key at a time, and there are as few as possible."""

import numpy as np
from hypothesis import given, settings

from symvae.audio.lanes import assign_lanes, lane_count
from symvae.audio.notes import Notes
from tests.sounds import NO_NOTES, any_notes, notes_from


@settings(max_examples=50)
@given(any_notes())
def test_a_lane_holds_one_key_at_a_time_and_lanes_are_as_few_as_possible(some: Notes) -> None:
    lane = assign_lanes(some)
    for number in range(int(lane.max()) + 1):
        part = some.select(lane == number)
        order = np.lexsort((part.pitch, part.onset_sec))
        assert len(order)
        assert (part.end_sec[order][:-1] <= part.onset_sec[order][1:] + 0.006).all()
    at_once = [
        ((some.onset_sec <= onset) & (some.end_sec > onset)).sum() for onset in some.onset_sec.tolist()
    ]
    assert lane.max() + 1 <= max(at_once)


def test_the_lane_count_is_that_of_the_fullest_clip() -> None:
    line = notes_from((0.0, 0.5, 60, 90), (0.5, 0.5, 62, 90))
    chord = notes_from((0.0, 1.0, 60, 90), (0.0, 1.0, 64, 90), (0.0, 1.0, 67, 90))
    assert [lane_count(clips) for clips in ([NO_NOTES], [line], [line, chord])] == [1, 1, 3]
