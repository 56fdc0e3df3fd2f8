"""Attributes of a drummer's timing and dynamics."""

from dataclasses import replace

import numpy as np
import pytest

from symvae.attributes.dynamics import velocity_range
from symvae.attributes.groove_timing import laid_backness, swing_ratio
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from tests.groove_models import beat


def eighths(offbeat_step: float) -> Phrase:
    """Eight pairs of eighths, the second of each on a place of the beat, in steps."""
    step = np.arange(0, 64, 2)
    exact = np.where(step % 4, step - 2 + offbeat_step, step)
    on = np.floor(exact + 0.5).astype(int)
    ones = np.ones_like(on)
    return Phrase(Grid(4), on, ones, 42 * ones, 90 * ones, 120.0, True, exact - on)


def test_laid_backness_is_the_mean_lateness_in_milliseconds() -> None:
    straight = beat()
    late = replace(straight, offset_step=np.full(len(straight), 0.1))
    assert laid_backness(straight) == 0.0
    assert laid_backness(late) == pytest.approx(0.1 * late.step_sec * 1000)
    assert laid_backness(late.with_tempo(late.tempo_qpm / 2)) == pytest.approx(2 * laid_backness(late))
    assert laid_backness(replace(late, is_drum=False)) == 0.0


def test_the_swing_of_triplets_is_two_to_one() -> None:
    assert swing_ratio(eighths(2.0)) == 1.0
    assert swing_ratio(eighths(8 / 3)) == pytest.approx(2.0, abs=0.02)
    assert 1.0 < swing_ratio(eighths(2.4)) < swing_ratio(eighths(2.6))


def test_the_velocity_range_is_that_of_loudest_and_softest() -> None:
    velocity = np.full(len(beat()), 60)
    velocity[:2] = 20, 110
    assert velocity_range(replace(beat(), velocity=velocity)) == 90.0
    assert velocity_range(beat()) == 0.0
