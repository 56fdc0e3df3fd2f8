"""Token ids of arrangements as sequences of single parts, as a language model of ids reads them.

A row of an arrangement has its parts one after the other, bar by bar; music goes on within a part. Ids of
music of one part are one sequence as they are.
"""

import numpy as np
from jaxtyping import Integer

from symvae.tokens.tokenizer import Tokenizer


def part_sequences(
    ids: Integer[np.ndarray, "row bar position"], tokenizer: Tokenizer
) -> Integer[np.ndarray, "sequence bar part_position"]:
    """Split rows by part, and leave out parts that are absent.

    Args:
        ids: Token ids.
        tokenizer: Their tokenizer.

    Returns:
        One sequence for each part of each row, with the same ids.
    """
    parts = max(1, len(tokenizer.part_names))
    rows = ids.reshape(*ids.shape[:2], parts, -1).swapaxes(1, 2)
    rows = rows.reshape(-1, ids.shape[1], ids.shape[2] // parts)
    return rows if tokenizer.absent is None else rows[(rows != tokenizer.absent).all(axis=(1, 2))]
