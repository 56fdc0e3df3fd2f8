"""Rows of different lengths without paying for the longest: neighbors in length go together."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def groups_by_length(lengths: Int[Tensor, " row"], groups: int = 4) -> list[tuple[Int[Tensor, " some"], int]]:
    """Up to ``groups`` sets of rows, each with the length of its longest; together they are all rows."""
    order = lengths.argsort(stable=True)
    return [(rows, int(lengths[rows].max())) for rows in order.chunk(groups) if len(rows)]


def lengths_of(ids: Int[Tensor, "row position"], padding: int) -> Int[Tensor, " row"]:
    """How many ids stand before the first ``padding`` of each row."""
    return (ids != padding).cumprod(-1).sum(-1)


def reversed_within(lengths: Int[Tensor, " row"], longest: int) -> Int[Tensor, "row position"]:
    """Where to look so that each row is read from its own end to its start; what follows stays in place."""
    place = torch.arange(longest, device=lengths.device).expand(len(lengths), longest)
    return torch.where(place < lengths[:, None], lengths[:, None] - 1 - place, place)


def counted(ids: Int[Tensor, "*any position"], padding: int) -> Bool[Tensor, "*any position"]:
    """Which places of each row say something: all up to the first ``padding``, which ends it."""
    ends = (ids == padding).long()
    return ends.cumsum(-1) - ends == 0
