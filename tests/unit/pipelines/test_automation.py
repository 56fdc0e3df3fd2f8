"""Fader values by bar: parsing, ramps and controllers."""

import numpy as np
import pytest

from symvae.music.io.controllers import ControlLane, control_lanes
from symvae.music.io.midi_read import load
from symvae.pipelines.automation import bar_means, parse_bars, parse_setting, ramp
from tests.songs import band


def test_controller_lanes_are_read_from_a_track_without_notes(tmp_path):
    moves = (("lane", 4, 10, 3), ("lane", 4, 20, 5))
    (found,) = control_lanes(load(band(tmp_path / "band.mid", controllers=moves)).events, 1)
    assert (found.track_name, found.channel) == ("lane", 5)
    assert (found.tick.tolist(), found.value.tolist()) == ([10, 20], [3, 5])


def test_a_controllers_mean_is_weighted_by_time():
    events = ControlLane("", 1, np.array([50, 100, 175]), np.array([10, 20, 40]))
    assert bar_means(events, [0, 40, 100, 200, 300]) == {1: 10.0, 2: 35.0 - 10.0 + 0.0, 3: 40.0}


def test_words_for_values_and_bars():
    assert [parse_setting(word) for word in ("6", " +5 ", "-5", "=-5", "1e2")] == [
        6.0,
        "+5",
        "-5",
        -5.0,
        100.0,
    ]
    assert parse_bars("1-3, 7") == {0, 1, 2, 6}
    for wrong in ("nan", "", "=", "x"):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_setting(wrong)


def test_a_ramp_is_an_arc_from_the_first_bar_to_the_last():
    lane = ramp([(0, 2), (2, 4), (6, 9)], 0.0, 1.0)
    assert lane == pytest.approx({bar: (1 - np.cos(np.pi * bar / 8)) / 2 for bar in (0, 1, 2, 3, 6, 7, 8)})
    assert ramp([(4, 5)], 0.2, 0.6) == pytest.approx({4: 0.4})
    assert ramp([], 0.2, 0.6) == {}


def test_an_arc_has_its_smallest_steps_at_its_ends():
    steps = np.diff([float(value) for value in ramp([(0, 32)], 0.9, 0.1).values()])
    assert (steps <= 0).all()
    assert abs(steps).argmax() in (14, 15, 16)
    assert max(abs(steps[0]), abs(steps[-1])) < abs(steps).max() / 10
