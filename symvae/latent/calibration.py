"""A fader's scale: which position of its coordinate stands for which value of its attribute.

Positions are standard normal over the training phrases, whatever the attribute's own distribution is
(value regularization of a gaussianized attribute): the median lies at 0, and as many phrases lie beyond
1 as of a normal variable. The map is monotone and kept as a table; between its knots it is linear.

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
    """The map of one attribute; both columns rise."""

    value: Float[np.ndarray, " knot"]
    position: Float[np.ndarray, " knot"]

    @classmethod
    def fit(cls, values: Float[np.ndarray, " phrase"]) -> "Calibration":
        """From the attribute's values on training phrases: each at the quantile of its middle rank."""
        value, count = np.unique(values, return_counts=True)
        rank = (np.cumsum(count) - count / 2) / count.sum()
        if len(value) > MOST_KNOTS:
            wanted = np.linspace(rank[0], rank[-1], MOST_KNOTS)
            value, rank = np.interp(wanted, rank, value), wanted
        return cls(value, np.array([NormalDist().inv_cdf(share) for share in rank]))

    def position_of(self, value: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
        """Where a value lies; the nearest end for one beyond the training phrases."""
        return np.interp(value, self.value, self.position)

    def value_at(self, position: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
        """Which value a position stands for."""
        return np.interp(position, self.position, self.value)


def positions_of(
    calibrations: Sequence[Calibration], values: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "phrase attribute"]:
    """The position of each attribute of each phrase."""
    columns = [each.position_of(column) for each, column in zip(calibrations, values.T, strict=True)]
    return np.stack(columns, axis=1)


def coupling(
    positions: Float[np.ndarray, "phrase attribute"], stiffness: float = 3.0
) -> Float[np.ndarray, "attribute attribute"]:
    """How far the others go along when one fader moves by 1: row by moved fader, its own entry 1.

    Where two attributes can hardly be had apart (notes per bar and rhythmic complexity), holding the one
    while the other moves asks for music that does not exist. With P the inverse of the correlations, the
    others' move d minimizes what it makes unlikely, d'Pd and its cross terms with the fader's own move,
    plus ``stiffness`` times their own squared move: what is loosely coupled stays where it was.
    """
    number = positions.shape[1]
    precision = np.linalg.inv(np.corrcoef(positions.T).reshape(number, number) + 1e-3 * np.eye(number))
    table = np.eye(number)
    for moved in range(number):
        others = np.delete(np.arange(number), moved)
        yields = precision[np.ix_(others, others)] + stiffness * np.eye(number - 1)
        table[moved, others] = -np.linalg.solve(yields, precision[others, moved])
    return table
