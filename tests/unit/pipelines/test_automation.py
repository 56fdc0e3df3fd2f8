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


def test_a_ramp_goes_evenly_from_the_first_phrase_to_the_last():
    lane = ramp([(0, 2), (2, 4), (6, 8)], 0.0, 1.0)
    assert lane == pytest.approx({0: 0, 1: 0, 2: 1 / 3, 3: 1 / 3, 6: 1, 7: 1})
    assert ramp([(4, 6)], 0.2, 0.6) == pytest.approx({4: 0.4, 5: 0.4})
