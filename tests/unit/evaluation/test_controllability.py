"""Controllability of faders with known answers.

Two attributes, the first one moved, over 200 items and FaderNets' 8 positions.
"""

import numpy as np
import pytest

from symvae.errors import ConfigError, CorpusError
from symvae.evaluation.metrics.controllability import (
    Controllability,
    controllability,
    dead_share,
    linearity,
    signed_linearity,
)
from symvae.evaluation.metrics.correlation import item_spearman

ITEMS, POSITIONS = 200, 8
STD = np.array([2.0, 0.1])
#: Equal steps of one data standard deviation, alike for all items.
TARGET = np.tile(STD[0] * np.arange(POSITIONS, dtype=np.float64), (ITEMS, 1))
STILL = np.full((ITEMS, POSITIONS), 0.1)


def figures(own: np.ndarray, other: np.ndarray = STILL) -> Controllability:
    return controllability(np.stack([own, other], axis=2), TARGET, 0, STD)


def test_a_perfect_fader() -> None:
    f = figures(TARGET)
    assert f == pytest.approx(
        Controllability(
            consistency=1,
            restrictiveness=1,
            linearity=1,
            signed_linearity=1,
            pearson=1,
            spearman=1,
            item_spearman=1,
            range_std=7,
            error_std=0,
            dead_share=0,
        )
    )


def test_a_constant_output_passes_fadernets_metrics_and_fails_the_others() -> None:
    """.3 is not a sum of powers of two, so its mean may be off by a rounding error."""
    f = figures(np.full((ITEMS, POSITIONS), 0.3))
    assert (f.consistency, f.restrictiveness, f.linearity) == pytest.approx((1, 1, 1))
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == (0, 0, 0, 0)
    assert f.range_std == 0
    assert f.dead_share == 1
    assert f.error_std > 3


def test_items_that_keep_their_values_are_dead() -> None:
    f = figures(np.tile(np.linspace(0, 14, ITEMS)[:, None], (1, POSITIONS)))
    assert f.linearity == 1
    assert f.consistency < 0
    assert (f.signed_linearity, f.item_spearman, f.range_std, f.dead_share) == (0, 0, 0, 1)
    assert f.pearson == pytest.approx(0, abs=1e-12)


def test_an_inverted_fader_is_linear_with_a_negative_sign() -> None:
    f = figures(TARGET[:, ::-1])
    assert (f.consistency, f.restrictiveness, f.linearity) == pytest.approx((1, 1, 1))
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == pytest.approx((-1, -1, -1, -1))
    assert (f.range_std, f.dead_share) == pytest.approx((7, 0))
    assert f.error_std == pytest.approx(4)


def test_a_random_fader_has_no_correlation() -> None:
    """R² of noise is 1 / (P - 1); its deviation over 200 items is .12: the mean is within .03 in 99.9 %."""
    f = figures(np.random.default_rng(0).normal(7, STD[0], (ITEMS, POSITIONS)))
    assert f.linearity == pytest.approx(1 / 7, abs=0.03)
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == pytest.approx((0,) * 4, abs=0.1)
    assert f.consistency == pytest.approx(0, abs=0.1)
    assert f.dead_share == 0


def test_spread_is_measured_in_data_standard_deviations() -> None:
    """Half of the items lie above the target, half below; a second attribute follows the first."""
    sign = np.where(np.arange(ITEMS) % 2, 1.0, -1.0)[:, None]
    f = figures(TARGET + 0.5 * STD[0] * sign, other=STD[1] * np.arange(POSITIONS) + STILL)
    assert f.consistency == pytest.approx(0.5)
    assert f.error_std == pytest.approx(0.5)
    assert f.restrictiveness == pytest.approx(1 - np.arange(8).std())
    assert f.linearity == pytest.approx(1)


def test_restrictiveness_is_the_mean_over_all_other_attributes() -> None:
    swings = np.where(np.arange(POSITIONS) % 2, 1.0, -1.0) + STILL
    achieved = np.stack([STILL, TARGET, swings, STILL], axis=2)
    f = controllability(achieved, TARGET, 1, np.array([1.0, 2.0, 1.0, 1.0]))
    assert f.restrictiveness == pytest.approx(1 - 1 / 3)
    assert f.pearson == pytest.approx(1)


def test_a_curved_fader_is_monotonic_but_not_linear() -> None:
    f = figures(np.exp(TARGET))
    assert (f.item_spearman, f.spearman) == pytest.approx((1, 1))
    assert f.linearity < 0.6


def test_metrics_do_not_depend_on_the_unit_of_the_attribute() -> None:
    rng = np.random.default_rng(1)
    own, other = TARGET + rng.normal(size=TARGET.shape), rng.normal(size=TARGET.shape)
    in_percent = controllability(np.stack([own, other], axis=2) * 100, TARGET * 100, 0, STD * 100)
    assert in_percent == pytest.approx(figures(own, other))


def test_dead_items_are_counted_one_by_one() -> None:
    travel = np.array([0.0, 0.05, 0.5, 3.0])[:, None] * np.linspace(0, 1, POSITIONS)
    assert dead_share(travel, 1.0) == 0.5
    assert dead_share(travel, 1.0, within_std=0.0) == 0.25
    assert dead_share(travel, 1.0, within_std=1.0) == 0.75


def test_items_that_do_not_move_halve_the_mean() -> None:
    half = np.where(np.arange(ITEMS)[:, None] % 2, TARGET, 5.0)
    assert item_spearman(TARGET, half) == pytest.approx(0.5)
    assert signed_linearity(TARGET, half) == pytest.approx(0.5)
    assert linearity(TARGET, half) == pytest.approx(1)


def test_single_precision_is_accepted() -> None:
    f = controllability(np.stack([TARGET, STILL], axis=2).astype(np.float32), TARGET, 0, STD)
    assert f.pearson == pytest.approx(1)
    assert f.restrictiveness == pytest.approx(1)


@pytest.mark.parametrize(
    ("shape", "error", "words"),
    [
        ((1, 8, 2), CorpusError, "two phrases or more, not on 1"),
        ((5, 1, 2), ConfigError, "two positions or more, not at 1"),
    ],
)
def test_too_few_items_or_positions_are_refused(shape, error, words) -> None:
    with pytest.raises(error, match=words):
        controllability(np.zeros(shape), np.zeros(shape[:2]), 0, np.ones(shape[2]))


def test_a_single_attribute_has_no_restrictiveness() -> None:
    pair, alone = figures(TARGET), controllability(TARGET[:, :, None], TARGET, 0, STD[:1])
    assert np.isnan(alone.restrictiveness)
    assert alone._replace(restrictiveness=0) == pair._replace(restrictiveness=0)


def test_values_that_are_not_finite_are_refused() -> None:
    own = TARGET.copy()
    own[3, 2] = np.nan
    with pytest.raises(CorpusError, match="Measure an output that fails to decode as silence"):
        figures(own)


def test_an_attribute_that_never_varies_is_refused() -> None:
    with pytest.raises(CorpusError, match="differ in attribute number 1"):
        controllability(np.stack([TARGET, STILL], axis=2), TARGET, 0, np.array([1.0, 0.0]))
