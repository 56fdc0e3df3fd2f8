"""Rows of different lengths: grouped by length, so that short rows cost less than the longest."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def groups_by_length(lengths: Int[Tensor, " row"], groups: int = 4) -> list[tuple[Int[Tensor, " some"], int]]:
    """Partition rows into up to ``groups`` sets of similar length; return each with its longest length."""
    order = lengths.argsort(stable=True)
    return [(rows, int(lengths[rows].max())) for rows in order.chunk(groups) if len(rows)]


def lengths_of(ids: Int[Tensor, "row position"], padding: int) -> Int[Tensor, " row"]:
    """Count the ids before the first ``padding`` of each row."""
    return (ids != padding).cumprod(-1).sum(-1)


def reversed_within(lengths: Int[Tensor, " row"], longest: int) -> Int[Tensor, "row position"]:
    """Return the indices that reverse each row within its own length and keep the rest in place."""
    place = torch.arange(longest, device=lengths.device).expand(len(lengths), longest)
    return torch.where(place < lengths[:, None], lengths[:, None] - 1 - place, place)


def target_mask(ids: Int[Tensor, "*any position"], padding: int) -> Bool[Tensor, "*any position"]:
    """Mask the ids of each row up to the first ``padding``, which ends the row and is included."""
    ends = (ids == padding).long()
    return ends.cumsum(-1) - ends == 0
