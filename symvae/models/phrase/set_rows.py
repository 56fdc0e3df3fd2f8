"""Rows of ids as sets: for each step of a bar some members, each a key with two marks.

    head  key mark mark  key mark mark …  separator  key …  separator  …  separator  padding …

A row has a head, then the members of each step in rising order of their keys and a separator that ends the
step. It handles ids and knows no music: keys may be pitches, and marks velocities and durations.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor


class SetLayout(NamedTuple):
    """Ids of a row: each kind of token by its first id and the id after its last."""

    padding: int
    separator: int
    key: tuple[int, int]
    first: tuple[int, int]
    second: tuple[int, int]
    head: tuple[int, int]
    steps: int
    positions: int

    @property
    def keys(self) -> int:
        """Number of keys."""
        return self.key[1] - self.key[0]

    @property
    def marks(self) -> tuple[int, int]:
        """Number of values of the first and of the second mark."""
        return self.first[1] - self.first[0], self.second[1] - self.second[0]

    @property
    def heads(self) -> int:
        """Number of heads."""
        return self.head[1] - self.head[0]

    @property
    def most_members(self) -> int:
        """Members that a row holds."""
        return (self.positions - 1 - self.steps) // 3


class Members(NamedTuple):
    """Members of all rows, ordered by row and place; values count from 0."""

    row: Int[Tensor, " member"]
    place: Int[Tensor, " member"]
    """Place of the key in its row."""
    step: Int[Tensor, " member"]
    key: Int[Tensor, " member"]
    first: Int[Tensor, " member"]
    second: Int[Tensor, " member"]


def members_of(ids: Int[Tensor, "row position"], layout: SetLayout) -> Members:
    """Read the members of rows; tokens that are no whole member are skipped.

    Args:
        ids: rows of ids.
        layout: their layout.

    Returns:
        The members up to each row's padding and its last step.
    """
    step = steps_of(ids, layout)
    alive = ((ids == layout.padding).cumsum(1) == 0) & (step < layout.steps)
    starts = alive[:, :-2] & among(ids[:, :-2], layout.key)
    starts &= among(ids[:, 1:-1], layout.first) & among(ids[:, 2:], layout.second)
    row, place = starts.nonzero(as_tuple=True)
    key = ids[row, place] - layout.key[0]
    first, second = ids[row, place + 1] - layout.first[0], ids[row, place + 2] - layout.second[0]
    return Members(row, place, step[row, place], key, first, second)


def steps_of(ids: Int[Tensor, "row position"], layout: SetLayout) -> Int[Tensor, "row position"]:
    """Step that each place of a row belongs to: the separators before it."""
    is_separator = (ids == layout.separator).long()
    return is_separator.cumsum(1) - is_separator


def heads_of(ids: Int[Tensor, "row position"], layout: SetLayout) -> Int[Tensor, " row"]:
    """Head of each row, from 0; 0 where the first id is none."""
    return (ids[:, 0] - layout.head[0]).clamp(0, layout.heads - 1) * among(ids[:, 0], layout.head)


def rows_of(
    head: Int[Tensor, " row"],
    row: Int[Tensor, " member"],
    step: Int[Tensor, " member"],
    key: Int[Tensor, " member"],
    first: Int[Tensor, " member"],
    second: Int[Tensor, " member"],
    layout: SetLayout,
) -> Int[Tensor, "row position"]:
    """Write rows of members that are ordered by row, step and key, at most `most_members` a row.

    Args:
        head: head of each row.
        row: row of each member.
        step: its step.
        key: its key.
        first: its first mark.
        second: its second mark.
        layout: layout of the rows.

    Returns:
        Rows of ids.
    """
    rows = len(head)
    ids = torch.full((rows, layout.positions), layout.padding, device=head.device)
    ids[:, 0] = head + layout.head[0]
    each = torch.zeros(rows * layout.steps, dtype=torch.long, device=head.device)
    each = each.index_add(0, row * layout.steps + step, torch.ones_like(row)).view(rows, layout.steps)
    every = torch.arange(1, layout.steps + 1, device=head.device)
    ids.scatter_(1, 3 * each.cumsum(1) + every, layout.separator)
    before = (each.sum(1).cumsum(0) - each.sum(1))[row]
    place = 1 + 3 * (torch.arange(len(row), device=head.device) - before) + step
    for offset, (value, kind) in enumerate(
        ((key, layout.key), (first, layout.first), (second, layout.second))
    ):
        ids[row, place + offset] = value + kind[0]
    return ids


def among(ids: Int[Tensor, "*any"], kind: tuple[int, int]) -> Bool[Tensor, "*any"]:
    """Mask the ids of one kind."""
    return (ids >= kind[0]) & (ids < kind[1])
