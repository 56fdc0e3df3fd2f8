"""Calibration of a fader: a monotone map between values of its attribute and positions.

Positions are standard normal over the training phrases, whatever the distribution of the attribute
(quantile normalization): the median has position 0, and as many phrases lie beyond 1 as of a normal
variable. The map is a table of knots, linear in between.

It handles numbers and knows no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

MOST_KNOTS = 129


@dataclass(frozen=True, eq=False)
class Calibration:
    """Table of one attribute; both columns increase strictly."""

    value: Float[np.ndarray, " knot"]
    position: Float[np.ndarray, " knot"]

    def __post_init__(self) -> None:
        for column in (self.value, self.position):
            if column.shape != self.value.shape or column.ndim != 1 or not len(column):
                raise ValueError("a calibration has two columns of equal length")
            if not (np.isfinite(column).all() and (np.diff(column) >= 0).all()):
                raise ValueError("the columns of a calibration rise")

    @classmethod
    def fit(cls, values: Float[np.ndarray, " phrase"]) -> "Calibration":
        """Fit to the values of training phrases, each at the normal quantile of its middle rank."""
        value, count = np.unique(values, return_counts=True)
        rank = (np.cumsum(count) - count / 2) / count.sum()
        if len(value) > MOST_KNOTS:
            wanted = np.linspace(rank[0], rank[-1], MOST_KNOTS)
            value, rank = np.interp(wanted, rank, value), wanted
        return cls(value, np.array([NormalDist().inv_cdf(share) for share in rank]))

    def position_of(self, value: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
        """Map values to positions; values beyond the table have the position of its end."""
        return np.interp(value, self.value, self.position)

    def value_at(self, position: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
        """Map positions to values."""
        return np.interp(position, self.position, self.value)


def positions_of(
    calibrations: Sequence[Calibration], values: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "phrase attribute"]:
    """Map the values of each attribute to positions."""
    columns = [each.position_of(column) for each, column in zip(calibrations, values.T, strict=True)]
    return np.stack(columns, axis=1)


def coupling(
    positions: Float[np.ndarray, "phrase attribute"], stiffness: float = 3.0
) -> Float[np.ndarray, "attribute attribute"]:
    """Compute how far the other faders follow when one moves by 1.

    Where two attributes are nearly inseparable (notes per bar and rhythmic complexity), to hold one while the
    other moves is to request music that does not exist. With P the inverse of the correlation matrix, the
    move d of the others minimizes the quadratic form of P, cross terms with the moved fader included, plus
    ``stiffness`` times |d|²: loosely coupled faders stay.

    Args:
        positions: positions of training phrases.
        stiffness: penalty of the squared moves.

    Returns:
        One row for each moved fader, with 1 on the diagonal.
    """
    number = positions.shape[1]
    precision = np.linalg.inv(np.corrcoef(positions.T).reshape(number, number) + 1e-3 * np.eye(number))
    table = np.eye(number)
    for moved in range(number):
        others = np.delete(np.arange(number), moved)
        yields = precision[np.ix_(others, others)] + stiffness * np.eye(number - 1)
        table[moved, others] = -np.linalg.solve(yields, precision[others, moved])
    return table
