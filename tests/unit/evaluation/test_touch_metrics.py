"""Metrics of touch: zero for the drummer himself, larger for the grid."""

import numpy as np
import pytest

from symvae.evaluation.metrics.touch import (
    OFFSET_BINS,
    histogram_kl,
    phrase_mae_ms,
    timing_error,
    timing_kl,
    velocity_kl,
)
from symvae.system.touches import cells_of_touch, touch_of
from symvae.tokens.groove import GrooveGrid
from symvae.tokens.groove_cells import Cells
from tests.groove_models import beat

STEP_MS = np.array([150.0, 150.0])


@pytest.fixture
def real() -> Cells:
    return cells_of_touch(touch_of(np.stack([GrooveGrid().encode_phrase(beat(seed=s)) for s in (1, 2)])))


def test_a_drummer_is_no_distance_from_himself(real: Cells) -> None:
    assert timing_error(real, real.offset_step, STEP_MS) == (0.0, 0.0)
    assert timing_kl(real, real) == velocity_kl(real, real) == 0.0


def test_hits_on_the_grid_err_by_the_offsets(real: Cells) -> None:
    error = timing_error(real, np.zeros_like(real.offset_step), STEP_MS)
    offset = real.offset_step[real.hit]
    assert error.mae_ms == pytest.approx(abs(offset).mean() * 150)
    assert error.mse_step2 == pytest.approx((offset**2).mean())
    each, hits = phrase_mae_ms(real, np.zeros_like(real.offset_step), STEP_MS), real.hit.sum((1, 2))
    assert (each * hits).sum() / hits.sum() == pytest.approx(error.mae_ms)


def test_a_mean_has_a_smaller_error_than_a_draw_and_a_larger_divergence() -> None:
    chance = np.random.default_rng(0)
    real, drawn = chance.normal(0, 0.1, (2, 5000))
    mean = np.zeros(5000)
    assert abs(mean - real).mean() < abs(drawn - real).mean()
    assert histogram_kl(real, drawn, OFFSET_BINS) < 0.05 < 1 < histogram_kl(real, mean, OFFSET_BINS)
