"""Four faders with known answers, and what each figure must say of them.

Two attributes, the first one moved, over 200 items and FaderNets' 8 positions.
"""

import numpy as np
import pytest

from symvae.errors import ConfigError, CorpusError
from symvae.evaluation.metrics.control import (
    FaderFigures,
    correlation,
    dead_share,
    fader_figures,
    item_spearman,
    linearity,
    pearson,
    ranks,
    signed_linearity,
    spearman,
)

ITEMS, POSITIONS = 200, 8
STD = np.array([2.0, 0.1])
#: Equal steps of one data standard deviation, alike for all items.
TARGET = np.tile(STD[0] * np.arange(POSITIONS, dtype=np.float64), (ITEMS, 1))
STILL = np.full((ITEMS, POSITIONS), 0.1)


def figures(own: np.ndarray, other: np.ndarray = STILL) -> FaderFigures:
    return fader_figures(np.stack([own, other], axis=2), TARGET, 0, STD)


def test_a_perfect_fader() -> None:
    f = figures(TARGET)
    assert f == pytest.approx(
        FaderFigures(
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


def test_a_decoder_that_ignores_its_fader_passes_fadernets_figures_and_fails_the_others() -> None:
    """Always the same output; .3 is no sum of powers of two, so its mean may be off by a rounding error."""
    f = figures(np.full((ITEMS, POSITIONS), 0.3))
    assert (f.consistency, f.restrictiveness, f.linearity) == pytest.approx((1, 1, 1))
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == (0, 0, 0, 0)
    assert f.range_std == 0
    assert f.dead_share == 1
    assert f.error_std > 3


def test_items_that_keep_their_own_value_are_dead_too() -> None:
    f = figures(np.tile(np.linspace(0, 14, ITEMS)[:, None], (1, POSITIONS)))
    assert f.linearity == 1
    assert f.consistency < 0
    assert (f.signed_linearity, f.item_spearman, f.range_std, f.dead_share) == (0, 0, 0, 1)
    assert f.pearson == pytest.approx(0, abs=1e-12)


def test_a_fader_turned_round_is_as_linear_and_has_the_wrong_sign() -> None:
    f = figures(TARGET[:, ::-1])
    assert (f.consistency, f.restrictiveness, f.linearity) == pytest.approx((1, 1, 1))
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == pytest.approx((-1, -1, -1, -1))
    assert (f.range_std, f.dead_share) == pytest.approx((7, 0))
    assert f.error_std == pytest.approx(4)


def test_a_fader_that_plays_dice() -> None:
    """R² of noise is 1 / (P - 1). Its spread over 200 items is .12, so the mean is within .03 in 99.9 %."""
    f = figures(np.random.default_rng(0).normal(7, STD[0], (ITEMS, POSITIONS)))
    assert f.linearity == pytest.approx(1 / 7, abs=0.03)
    assert (f.signed_linearity, f.pearson, f.spearman, f.item_spearman) == pytest.approx((0,) * 4, abs=0.1)
    assert f.consistency == pytest.approx(0, abs=0.1)
    assert f.dead_share == 0


def test_spread_is_counted_in_data_standard_deviations() -> None:
    """Half of the items a deviation above, half below; and a second attribute that follows the first."""
    sign = np.where(np.arange(ITEMS) % 2, 1.0, -1.0)[:, None]
    f = figures(TARGET + 0.5 * STD[0] * sign, other=STD[1] * np.arange(POSITIONS) + STILL)
    assert f.consistency == pytest.approx(0.5)
    assert f.error_std == pytest.approx(0.5)
    assert f.restrictiveness == pytest.approx(1 - np.arange(8).std())
    assert f.linearity == pytest.approx(1)


def test_restrictiveness_is_the_mean_over_all_other_attributes() -> None:
    swings = np.where(np.arange(POSITIONS) % 2, 1.0, -1.0) + STILL
    achieved = np.stack([STILL, TARGET, swings, STILL], axis=2)
    f = fader_figures(achieved, TARGET, 1, np.array([1.0, 2.0, 1.0, 1.0]))
    assert f.restrictiveness == pytest.approx(1 - 1 / 3)
    assert f.pearson == pytest.approx(1)


def test_a_crooked_fader_is_in_order_but_not_linear() -> None:
    f = figures(np.exp(TARGET))
    assert (f.item_spearman, f.spearman) == pytest.approx((1, 1))
    assert f.linearity < 0.6


def test_figures_do_not_depend_on_the_attribute_s_unit() -> None:
    chance = np.random.default_rng(1)
    own, other = TARGET + chance.normal(size=TARGET.shape), chance.normal(size=TARGET.shape)
    in_percent = fader_figures(np.stack([own, other], axis=2) * 100, TARGET * 100, 0, STD * 100)
    assert in_percent == pytest.approx(figures(own, other))


def test_dead_items_are_counted_one_by_one() -> None:
    travel = np.array([0.0, 0.05, 0.5, 3.0])[:, None] * np.linspace(0, 1, POSITIONS)
    assert dead_share(travel, 1.0) == 0.5
    assert dead_share(travel, 1.0, within_std=0.0) == 0.25
    assert dead_share(travel, 1.0, within_std=1.0) == 0.75


def test_half_an_answer_counts_half() -> None:
    half = np.where(np.arange(ITEMS)[:, None] % 2, TARGET, 5.0)
    assert item_spearman(TARGET, half) == pytest.approx(0.5)
    assert signed_linearity(TARGET, half) == pytest.approx(0.5)
    assert linearity(TARGET, half) == pytest.approx(1)


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert ranks(np.array([[30.0, 10.0, 20.0, 20.0], [1.0, 1.0, 1.0, 1.0]])).tolist() == [
        [4, 1, 2.5, 2.5],
        [2.5, 2.5, 2.5, 2.5],
    ]


def test_correlations_with_known_values() -> None:
    """By hand: Pearson 8 / √(10 · 10), the ranks the same numbers; with a tie, 9 / √(10 · 9.5)."""
    x, y = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), np.array([[2.0, 1.0, 4.0, 3.0, 5.0]])
    assert pearson(x, y) == pytest.approx(0.8)
    assert spearman(x, y**3) == pytest.approx(0.8)
    assert spearman(x, np.array([[10.0, 20.0, 20.0, 30.0, 90.0]])) == pytest.approx(9.5 / np.sqrt(95))
    assert correlation(np.vstack([x, x]), np.vstack([y, -y])).tolist() == pytest.approx([0.8, -0.8])


def test_single_precision_is_taken_too() -> None:
    f = fader_figures(np.stack([TARGET, STILL], axis=2).astype(np.float32), TARGET, 0, STD)
    assert f.pearson == pytest.approx(1)
    assert f.restrictiveness == pytest.approx(1)


@pytest.mark.parametrize(
    ("shape", "error", "words"),
    [
        ((1, 8, 2), CorpusError, "at least two phrases, not on 1"),
        ((5, 1, 2), ConfigError, "two positions or more, not at 1"),
    ],
)
def test_too_little_to_judge_is_refused(shape, error, words) -> None:
    with pytest.raises(error, match=words):
        fader_figures(np.zeros(shape), np.zeros(shape[:2]), 0, np.ones(shape[2]))


def test_a_fader_alone_is_judged_by_all_but_what_should_stay() -> None:
    beside, alone = figures(TARGET), fader_figures(TARGET[:, :, None], TARGET, 0, STD[:1])
    assert np.isnan(alone.restrictiveness)
    assert alone._replace(restrictiveness=0) == beside._replace(restrictiveness=0)


def test_a_value_that_is_no_number_is_refused() -> None:
    own = TARGET.copy()
    own[3, 2] = np.nan
    with pytest.raises(CorpusError, match="Measure what fails to decode as silence"):
        figures(own)


def test_an_attribute_that_never_varies_is_refused() -> None:
    with pytest.raises(CorpusError, match="differ in attribute number 1"):
        fader_figures(np.stack([TARGET, STILL], axis=2), TARGET, 0, np.array([1.0, 0.0]))
