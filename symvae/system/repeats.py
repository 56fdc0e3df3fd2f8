"""Equal bars of token ids: found, and made."""

import torch
from jaxtyping import Int
from torch import Tensor


def equal_rows(ids: Int[Tensor, "batch bar position"]) -> Int[Tensor, "batch bar"]:
    """For each bar the first bar with the same ids, or the bar itself."""
    return (ids[:, :, None] == ids[:, None]).all(-1).int().argmax(-1)


def repeat_bars(
    ids: Int[Tensor, "batch bar position"], equal: Int[Tensor, "batch bar"]
) -> Int[Tensor, "batch bar position"]:
    """Give each bar the ids of the first bar with the same number in ``equal``."""
    first = (equal[:, :, None] == equal[:, None]).int().argmax(-1)
    return torch.take_along_dim(ids, first[:, :, None], dim=1)
