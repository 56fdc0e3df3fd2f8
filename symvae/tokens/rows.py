"""Rows of token ids by index: an array in memory, or windows of memory-mapped shards."""

from typing import Any, Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Rows(Protocol):
    """Ids of many phrases; ``rows[index]`` with an integer array reads some, shaped (row, bar, position)."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any, /) -> np.ndarray: ...
