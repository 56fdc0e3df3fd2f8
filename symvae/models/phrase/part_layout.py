"""Layout of rows that hold several parts, one after the other, each with ids of its own.

It handles ids and knows no pitch or rhythm.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor


class PartLayout(NamedTuple):
    """Places and ids of the parts of a row."""

    steps: int
    """Positions of each part."""
    ids: tuple[tuple[int, ...], ...]
    """For each part the id in the row of each id of its own."""
    own_ids: tuple[tuple[int, ...], ...]
    """For each part its own id for each id of a row; 0 where it has none."""
    absent: int
    """Id of all positions of a part that is not there."""

    @property
    def vocabulary_size(self) -> int:
        """Ids of all parts, and that of absence."""
        return len(self.own_ids[0])

    def slice(self, part: int) -> slice:
        """Positions of a part."""
        return slice(part * self.steps, (part + 1) * self.steps)

    def present(self, ids: Int[Tensor, "row position"]) -> Bool[Tensor, "row part"]:
        """Mask of the parts that are there."""
        return ids[:, :: self.steps] != self.absent

    def tables(self) -> Int[Tensor, "part id"]:
        """`own_ids` as a tensor."""
        return torch.tensor(self.own_ids)
