"""The type of token ids in arrays and files: the smallest that holds the vocabulary."""

from typing import Any

import numpy as np


def id_type(vocabulary_size: int) -> "np.dtype[Any]":
    """Type of ids from 0 to ``vocabulary_size - 1``: uint8 up to 256 ids, uint16 beyond."""
    return np.dtype(np.min_scalar_type(vocabulary_size - 1))
