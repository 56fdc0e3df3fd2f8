"""Does a fader move what it is named for, as far as it was asked, and nothing else?

Each of N items is decoded at P positions of one fader and every attribute is measured again on what
came out: ``achieved[item, position, attribute]``. ``target[item, position]`` is the value that was asked
of the moved attribute. Numbers only; no music, no network.

Tan and Herremans 2020 (Music FaderNets, arXiv 2007.15474) ask three things of a fader, at 8 positions:

    consistency       1 - mean over positions of the spread of the moved attribute over items
    restrictiveness   1 - mean over items of the spread of another attribute over positions
    linearity         mean over items of the R² of a straight line from position to moved attribute

Spread is a standard deviation, in units of the attribute's standard deviation over the phrases as they
were (their code takes that of the training data): 1 is perfect, 0 a spread like theirs, and there is no
lower bound.
Consistency asks that every item end at the same value: it means something for absolute targets, the
same for all items, and nothing for moves relative to where an item was.

These three lie about a decoder that ignores its fader: always the same output scores 1, 1 and 1, for
nothing spreads and a straight line fits a constant. A fader that plays dice has R² 1 / (P - 1), .143
for 8 positions. So the others always stand beside them:

    signed_linearity  mean R² with the sign of the slope: a fader turned round is -1, dice and a constant 0
    pearson           over all items and positions at once, as Pettenò et al. 2025 (arXiv 2511.07156)
    spearman          the same with ranks, as Wu and Yang 2021 (MuseMorphose, arXiv 2105.04090)
    item_spearman     Spearman's of each item alone, then the mean: is each one in order?
    range_std         mean over items of the highest less the lowest, in data standard deviations
    error_std         mean distance from target to achieved, in data standard deviations
    dead_share        share of items that the fader does not move

A correlation with a constant is 0 here, by definition, so a dead fader earns nothing.

Departures from the published code (test_class.py): it draws z anew for every position, so that its
restrictiveness also counts the noise of the posterior, and draws another item wherever one fails to
decode. Here the caller says what was decoded; an output that fails is measured as silence, counted, and
never redrawn. Its positions end an eighth short of the range. And its restrictiveness has one other
attribute; with more of them, this is the mean over all.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.errors import ConfigError, CorpusError

#: An item whose moved attribute ranges over less than this many data standard deviations is not moved.
DEAD_RANGE_STD = 0.1


class FaderFigures(NamedTuple):
    """What one fader does. The module says what each figure asks, and which must not stand alone."""

    consistency: float
    """At most 1, which a constant also scores."""
    restrictiveness: float
    """At most 1, which a constant also scores; the mean over all other attributes, nan without any."""
    linearity: float
    """From 0 to 1, which a constant also scores."""
    signed_linearity: float
    """From -1 to 1; 0 for a constant."""
    pearson: float
    """From -1 to 1, over all items and positions at once; 0 for a constant."""
    spearman: float
    """From -1 to 1, over all items and positions at once; 0 for a constant."""
    item_spearman: float
    """From -1 to 1, mean over items; an item that stays constant counts 0."""
    range_std: float
    """In data standard deviations; 0 for a constant."""
    error_std: float
    """In data standard deviations; 0 is best."""
    dead_share: float
    """From 0 to 1, which a constant scores; 0 is best."""


def fader_figures(
    achieved: Float[np.ndarray, "item position attribute"],
    target: Float[np.ndarray, "item position"],
    moved: int,
    data_std: Float[np.ndarray, " attribute"],
) -> FaderFigures:
    """All figures of the fader of attribute number ``moved``.

    ``data_std`` is each attribute's standard deviation over the phrases as they were. Raises `ConfigError`
    for fewer than two positions, and `CorpusError` for fewer than two items, values that are not finite, and
    an attribute in which no two phrases differ.
    """
    _check(achieved, target, data_std)
    own = achieved[:, :, moved].astype(np.float64)
    others = np.delete(achieved, moved, axis=2).astype(np.float64)
    own_std = float(data_std[moved])
    return FaderFigures(
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
    """FaderNets: 1 - mean over items of the standard deviation over positions, of what should stay."""
    return float(1 - (others.std(axis=1) / data_std).mean())


def linearity(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """FaderNets: mean over items of R² of a straight line; 1 for a constant, as scikit-learn has it."""
    constant = achieved.min(axis=1) == achieved.max(axis=1)
    return float(np.where(constant, 1.0, np.square(correlation(target, achieved))).mean())


def signed_linearity(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """Mean over items of R² with the sign of the slope; 0 for a constant."""
    r = correlation(target, achieved)
    return float((r * np.abs(r)).mean())


def pearson(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """Pearson's correlation over all items and positions; 0 where one side is constant."""
    return float(correlation(target.reshape(1, -1), achieved.reshape(1, -1))[0])


def spearman(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """Spearman's rank correlation over all items and positions; 0 where one side is constant."""
    return pearson(ranks(target.reshape(1, -1)), ranks(achieved.reshape(1, -1)))


def item_spearman(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"]
) -> float:
    """Spearman's rank correlation over the positions of each item, then the mean over items."""
    return float(correlation(ranks(target), ranks(achieved)).mean())


def range_std(achieved: Float[np.ndarray, "item position"], data_std: float) -> float:
    """How far the attribute travels: mean over items of highest less lowest, in ``data_std``."""
    return float(np.ptp(achieved, axis=1).mean() / data_std)


def error_std(
    target: Float[np.ndarray, "item position"], achieved: Float[np.ndarray, "item position"], data_std: float
) -> float:
    """Mean distance from what was asked to what came out, in ``data_std``."""
    return float(np.abs(achieved - target).mean() / data_std)


def dead_share(
    achieved: Float[np.ndarray, "item position"], data_std: float, within_std: float = DEAD_RANGE_STD
) -> float:
    """The share of items that travel less than ``within_std`` times ``data_std``, or not at all."""
    travel = np.ptp(achieved, axis=1)
    return float(((travel == 0) | (travel < within_std * data_std)).mean())


def correlation(
    x: Float[np.ndarray, "row value"], y: Float[np.ndarray, "row value"]
) -> Float[np.ndarray, " row"]:
    """Pearson's correlation of each row of ``x`` with that of ``y``; 0 where one of them is constant."""
    # The mean of equal numbers may miss them by a rounding error, so constants are asked for as such.
    vary = (x.min(axis=1) < x.max(axis=1)) & (y.min(axis=1) < y.max(axis=1))
    r = np.zeros(len(x))
    r[vary] = (_to_unit_rows(x[vary]) * _to_unit_rows(y[vary])).sum(axis=1)
    return r.clip(-1, 1)


def ranks(values: Float[np.ndarray, "row value"]) -> Float[np.ndarray, "row value"]:
    """Each value's rank in its row, from 1; equal values share the mean of their ranks."""
    out = np.empty(values.shape)
    for row, numbers in zip(out, values, strict=True):
        _, cell, count = np.unique(numbers, return_inverse=True, return_counts=True)
        row[:] = (count.cumsum() - (count - 1) / 2)[cell]
    return out


def _to_unit_rows(values: Float[np.ndarray, "row value"]) -> Float[np.ndarray, "row value"]:
    """Rows of mean 0 and length 1."""
    away = values.astype(np.float64) - values.mean(axis=1, keepdims=True, dtype=np.float64)
    return away / np.linalg.norm(away, axis=1, keepdims=True)


def _check(achieved: np.ndarray, target: np.ndarray, data_std: np.ndarray) -> None:
    items, positions, _ = achieved.shape
    if positions < 2:
        raise ConfigError(f"A fader is judged at two positions or more, not at {positions}.")
    if items < 2:
        raise CorpusError(f"A fader is judged on at least two phrases, not on {items}. Give more phrases.")
    if not (np.isfinite(achieved).all() and np.isfinite(target).all()):
        raise CorpusError(
            "Some targets or measured attributes are not finite numbers. "
            "Measure what fails to decode as silence."
        )
    if not (data_std > 0).all():
        raise CorpusError(
            f"No two phrases differ in attribute number {int(np.argmin(data_std))}. Give more phrases."
        )
