"""Controllability of one fader: does it move its attribute, as far as requested, and nothing else?

Each of N items is decoded at P positions of one fader and every attribute of the output is measured:
``achieved[item, position, attribute]``. ``target[item, position]`` is the requested value of the moved
attribute. Plain arrays; no music, no network.

Tan and Herremans 2020 (Music FaderNets, arXiv 2007.15474) define three metrics, at 8 positions:

    consistency       1 - mean over positions of the spread of the moved attribute over items
    restrictiveness   1 - mean over items of the spread of another attribute over positions
    linearity         mean over items of the R² of a straight line from position to moved attribute

Spread is a standard deviation in units of the attribute's standard deviation over the input phrases (their
code uses that of the training data): 1 is perfect, 0 is a spread as wide as the data's, and there is no
lower bound. Consistency expects every item to end at the same value, so it is meaningful for absolute
targets shared by all items and meaningless for moves relative to each item.

All three are fooled by a decoder that ignores its fader: a constant output scores 1, 1 and 1, since nothing
spreads and a straight line fits a constant. A fader of random outputs has R² 1 / (P - 1), .143 for 8
positions. Never report them without the others:

    signed_linearity  mean R² with the sign of the slope: -1 for an inverted fader, 0 for noise or a constant
    pearson           over all items and positions at once, as Pettenò et al. 2025 (arXiv 2511.07156)
    spearman          the same with ranks, as Wu and Yang 2021 (MuseMorphose, arXiv 2105.04090)
    item_spearman     Spearman's of each item separately, averaged
    range_std         mean over items of highest minus lowest value, in data standard deviations
    error_std         mean distance from target to achieved value, in data standard deviations
    dead_share        share of items that the fader does not move

The correlation with a constant is 0 by definition here, so a dead fader scores nothing.

Departures from the published code (test_class.py): it redraws z at every position, so its restrictiveness
also contains the posterior's noise, and it replaces items whose output fails to decode. Here the caller
decides what is decoded; an output that fails is measured as silence, counted, and never redrawn. Its
positions stop an eighth short of the range. Its restrictiveness covers one other attribute; with more,
this one is the mean over all of them.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.errors import ConfigError, CorpusError
from symvae.evaluation.metrics.correlation import item_spearman, pearson, row_correlation, spearman

#: Items whose moved attribute ranges over less than this many data standard deviations count as dead.
DEAD_RANGE_STD = 0.1


class Controllability(NamedTuple):
    """All metrics of one fader; the module docstring defines them and says which need company."""

    consistency: float
    """At most 1; a constant output also scores 1."""
    restrictiveness: float
    """At most 1; a constant output also scores 1. Mean over all other attributes, nan without any."""
    linearity: float
    """From 0 to 1; a constant output also scores 1."""
    signed_linearity: float
    """From -1 to 1; 0 for a constant."""
    pearson: float
    """From -1 to 1, over all items and positions at once; 0 for a constant."""
    spearman: float
    """From -1 to 1, over all items and positions at once; 0 for a constant."""
    item_spearman: float
    """From -1 to 1, mean over items; a constant item counts 0."""
    range_std: float
    """In data standard deviations; 0 for a constant."""
    error_std: float
    """In data standard deviations; 0 is best."""
    dead_share: float
    """From 0 to 1; 1 for a constant, 0 is best."""


def controllability(
    achieved: Float[np.ndarray, "item position attribute"],
    target: Float[np.ndarray, "item position"],
    moved: int,
    data_std: Float[np.ndarray, " attribute"],
) -> Controllability:
    """All metrics of the fader of attribute number ``moved``.

    Args:
        achieved: Measured attributes of the outputs, each in its own unit.
        target: Requested values of the moved attribute, in its unit.
        moved: Index of the moved attribute.
        data_std: Standard deviation of each attribute over the input phrases.

    Returns:
        The metrics; restrictiveness is nan when there is no other attribute.

    Raises:
        ConfigError: For fewer than two positions.
        CorpusError: For fewer than two items, values that are not finite, or an attribute in which no two
            phrases differ.
    """
    _check(achieved, target, data_std)
    own = achieved[:, :, moved].astype(np.float64)
    others = np.delete(achieved, moved, axis=2).astype(np.float64)
    own_std = float(data_std[moved])
    return Controllability(
        consistency=consistency(own, own_std),
        restrictiveness=restrictiveness(others, np.delete(data_std, moved)) if others.size else np.nan,
        linearity=linearity(target, own),
        signed_linearity=signed_linearity(target, own),
        pearson=pearson(target, own),
        spearman=spearman(target, own),
        item_spearman=item_spearman(target, own),
        range_std=range_std(own, own_std),
        error_std=error_std(target, own, own_std),
        dead_share=dead_share(own, own_std),
    )


def consistency(achieved: Float[np.ndarray, "item position"], data_std: float) -> float:
    """FaderNets: 1 - mean over positions of the standard deviation over items."""
    return float(1 - achieved.std(axis=0).mean() / data_std)


def restrictiveness(
    others: Float[np.ndarray, "item position attribute"], data_std: Float[np.ndarray, " attribute"]
) -> float:
    """FaderNets: 1 - mean over items of the standard deviation over positions, of unmoved attributes."""
    return float(1 - (others.std(axis=1) / data_std).mean())


def linearity(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """FaderNets: mean over items of the R² of a straight line; 1 for a constant, as in scikit-learn."""
    constant = achieved.min(axis=1) == achieved.max(axis=1)
    return float(np.where(constant, 1.0, np.square(row_correlation(target, achieved))).mean())


def signed_linearity(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """Mean over items of R² with the sign of the slope; 0 for a constant."""
    r = row_correlation(target, achieved)
    return float((r * np.abs(r)).mean())


def range_std(achieved: Float[np.ndarray, "item position"], data_std: float) -> float:
    """Mean over items of highest minus lowest value, in units of ``data_std``."""
    return float(np.ptp(achieved, axis=1).mean() / data_std)


def error_std(
    target: Float[np.ndarray, "item position"],
    achieved: Float[np.ndarray, "item position"],
    data_std: float,
) -> float:
    """Mean absolute distance from requested to achieved value, in units of ``data_std``.

    Args:
        target: Requested values, in the attribute's unit.
        achieved: Measured values, in the same unit.
        data_std: Standard deviation of the attribute over the input phrases.

    Returns:
        The mean distance; 0 is best.
    """
    return float(np.abs(achieved - target).mean() / data_std)


def dead_share(
    achieved: Float[np.ndarray, "item position"], data_std: float, within_std: float = DEAD_RANGE_STD
) -> float:
    """Share of items that the fader does not move.

    Args:
        achieved: Measured values of the moved attribute.
        data_std: Standard deviation of the attribute over the input phrases.
        within_std: Range below which an item counts as dead, in units of ``data_std``; an item that is
            constant is always dead.

    Returns:
        The share, from 0 to 1.
    """
    travel = np.ptp(achieved, axis=1)
    return float(((travel == 0) | (travel < within_std * data_std)).mean())


def _check(achieved: np.ndarray, target: np.ndarray, data_std: np.ndarray) -> None:
    items, positions, _ = achieved.shape
    if positions < 2:
        raise ConfigError(f"A fader is measured at two positions or more, not at {positions}.")
    if items < 2:
        raise CorpusError(f"A fader is measured on two phrases or more, not on {items}. Give more phrases.")
    if not (np.isfinite(achieved).all() and np.isfinite(target).all()):
        raise CorpusError(
            "Some targets or measured attributes are not finite numbers. "
            "Measure an output that fails to decode as silence."
        )
    if not (data_std > 0).all():
        raise CorpusError(
            f"No two phrases differ in attribute number {int(np.argmin(data_std))}. Give more phrases."
        )
