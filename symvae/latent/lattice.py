"""Lattice of candidate sequences, and the best sequences through it that lie at a given distance.

Sequences of one length are cut into units of a beat. At each place the lattice holds the different units of
all candidates; any unit may follow any unit of the place before, so that a sequence can take one beat from
one candidate and the next from another (concatenative synthesis with join costs: Hunt and Black 1996,
"Unit selection in a concatenative speech synthesis system"). A join costs what a language model says of the
unit's tokens after those of the unit before. With a context no longer than a unit, dynamic programming finds
the best of all these sequences exactly.

It handles ids and costs, and knows neither music nor networks.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Integer

from symvae.errors import LatentError

#: Cost of a join that cannot be.
_NEVER = 1e9


class Leap(NamedTuple):
    """Cost of an event after another."""

    event: Bool[np.ndarray, " id"]
    """Which ids are events."""
    cost: Callable[[Int[np.ndarray, "..."], Int[np.ndarray, "..."]], Float[np.ndarray, "..."]]
    """Cost of the second after the first."""


#: Cost in nats of the last token of each n-gram after the others.
Nats = Callable[[Integer[np.ndarray, "gram order"]], Float[np.ndarray, " gram"]]


class Lattice:
    """Units of candidate sequences, with the cost of each join.

    Args:
        candidates: Different sequences of ids, the two ends of a path among them.
        unit: Tokens of a unit; a bar is a whole number of units.
        nats: Language model.
        order: Length of its n-grams, at most ``unit`` + 1.
        start_mark: Id of its context before the first token.
        leap: Cost of an event after the last one before it, by their ids, with the mask of ids that are
            events; it may lie any number of units back. None where leaps cost nothing.

    Raises:
        LatentError: A unit does not divide the bar, or is shorter than the language model's context.
    """

    def __init__(
        self,
        candidates: Integer[np.ndarray, "candidate bar position"],
        *,
        unit: int,
        nats: Nats,
        order: int,
        start_mark: int,
        leap: Leap | None = None,
    ) -> None:
        _, self.bars, self.positions = candidates.shape
        if self.positions % unit or order - 1 > unit:
            raise LatentError(
                f"A unit of {unit} tokens fits neither bars of {self.positions} nor n-grams of {order}."
            )
        self.unit = unit
        rows = candidates.reshape(len(candidates), -1, unit).astype(np.int64)
        self.units = [np.unique(rows[:, place], axis=0) for place in range(rows.shape[1])]
        before = [np.full((1, unit), start_mark), *self.units[:-1]]
        grams = [_joined(*pair, order) for pair in zip(before, self.units, strict=True)]
        cost = np.split(
            nats(np.concatenate([each.reshape(-1, order) for each in grams])),
            np.cumsum([each[..., 0].size for each in grams])[:-1],
        )
        self.join_nats = [
            part.reshape(each.shape[:-1]).sum(-1) for part, each in zip(cost, grams, strict=True)
        ]
        """By place: cost of each unit after each of the place before, ``(before, unit)``."""
        if leap is not None:
            self._remember(leap)

    def _remember(self, leap: Leap) -> None:
        """Add the cost of leaps: units without events are copied for each event that may sound in them."""
        # Of the place before: the unit of each copy, and the last event up to its end, -1 for none.
        copies, last = np.zeros(1, np.int64), np.full(1, -1)
        for place, units in enumerate(self.units):
            first_id, last_id, inside = _events_of(units, leap)
            silent, memory = np.meshgrid(np.flatnonzero(last_id < 0), np.unique(last))
            own = np.concatenate([np.flatnonzero(last_id >= 0), silent.ravel()])
            after = np.where(last_id[own] >= 0, last_id[own], -1)
            after[len(own) - silent.size :] = memory.ravel()
            start = first_id[own]
            joins = self.join_nats[place][copies[:, None], own] + inside[own]
            joins = joins + leap.cost(last[:, None], start) * np.logical_and(start >= 0, last[:, None] >= 0)
            joins[np.logical_and(start < 0, after != last[:, None])] = _NEVER
            self.join_nats[place], self.units[place] = joins, units[own]
            copies, last = own, after

    def mismatch(self, ids: Integer[np.ndarray, "bar position"]) -> list[Int[np.ndarray, " _unit"]]:
        """By place: tokens in which each unit differs from a sequence."""
        rows = ids.reshape(-1, 1, self.unit)
        return [(units != row).sum(1) for units, row in zip(self.units, rows, strict=True)]

    def best(
        self,
        reference: Integer[np.ndarray, "bar position"],
        changes: Float[np.ndarray, " bar"],
        unit_cost: Sequence[Float[np.ndarray, "variant _unit"]],
        language: Float[np.ndarray, " variant"],
        line: float,
    ) -> Int[np.ndarray, "variant bar position"]:
        """Find the sequences of least cost, one for each variant of the weights.

        Args:
            reference: Sequence from which changes are counted.
            changes: Tokens of each bar that should differ from it.
            unit_cost: By place: further cost of each unit.
            language: Weight of the joins.
            line: Cost of each token by which a bar's changes miss ``changes``.

        Returns:
            The sequences.
        """
        variants, counts = len(language), np.arange(self.positions + 1)
        changed = self.mismatch(reference)
        cost = np.full((variants, 1, len(counts)), np.inf)  # of the best start, by last unit and changes
        cost[:, :, 0] = 0
        came_from, bar_changes = [], []
        for place, joins in enumerate(self.join_nats):
            joined = cost[:, :, None] + language[:, None, None, None] * joins[:, :, None]
            before = joined.argmin(1)
            least = np.take_along_axis(joined, before[:, None], 1)[:, 0]
            earlier = counts - changed[place][:, None]
            index = np.broadcast_to(earlier.clip(0), least.shape)
            cost = np.where(earlier >= 0, np.take_along_axis(least, index, 2), np.inf)
            cost = cost + unit_cost[place][:, :, None]
            came_from.append(np.take_along_axis(before, index, 2))
            bar, last = divmod((place + 1) * self.unit, self.positions)
            if not last:
                cost = cost + line * np.abs(counts - changes[bar - 1])
                bar_changes.append(cost.argmin(2))
                least, cost = cost.min(2), np.full_like(cost, np.inf)
                cost[:, :, 0] = least
        return self._trace(cost[:, :, 0].argmin(1), came_from, bar_changes, changed)

    def _trace(
        self,
        choice: Int[np.ndarray, " variant"],
        came_from: list[Int[np.ndarray, "variant _unit count"]],
        bar_changes: list[Int[np.ndarray, "variant _unit"]],
        changed: list[Int[np.ndarray, " _unit"]],
    ) -> Int[np.ndarray, "variant bar position"]:
        """Follow the best sequences back from their last units."""
        variant, parts = np.arange(len(choice)), []
        for place in reversed(range(len(self.units))):
            bar, last = divmod((place + 1) * self.unit, self.positions)
            if not last:
                count = bar_changes[bar - 1][variant, choice]
            parts.append(self.units[place][choice])
            before = came_from[place][variant, choice, count]
            count, choice = count - changed[place][choice], before
        return np.concatenate(parts[::-1], axis=1).reshape(len(variant), self.bars, self.positions)


def _events_of(
    units: Int[np.ndarray, "unit token"], leap: Leap
) -> tuple[Int[np.ndarray, " unit"], Int[np.ndarray, " unit"], Float[np.ndarray, " unit"]]:
    """First and last event of each unit, -1 for none, and the cost of the leaps between its events."""
    first, last, cost = np.full(len(units), -1), np.full(len(units), -1), np.zeros(len(units))
    for ids in units.T:
        event = leap.event[ids]
        cost += leap.cost(last, ids) * np.logical_and(event, last >= 0)
        first = np.where(np.logical_and(event, first < 0), ids, first)
        last = np.where(event, ids, last)
    return first, last, cost


def _joined(
    before: Int[np.ndarray, "before token"], units: Int[np.ndarray, "unit token"], order: int
) -> Int[np.ndarray, "before unit token order"]:
    """N-grams that end in each token of each unit after each unit of the place before."""
    context = before[:, None, before.shape[1] - (order - 1) :]
    rows = np.concatenate(
        [
            np.broadcast_to(context, (len(before), len(units), order - 1)),
            np.broadcast_to(units, (len(before), *units.shape)),
        ],
        axis=-1,
    )
    return np.lib.stride_tricks.sliding_window_view(rows, order, axis=-1)
