"""Transposition of token ids."""

import numpy as np
from jaxtyping import Int64, UInt


def shift_pitches(
    ids: UInt[np.ndarray, "window bar position"],
    semitones: Int64[np.ndarray, " window"],
    first: int,
    last: int,
) -> UInt[np.ndarray, "window bar position"]:
    """Transpose each window, or as far as its pitches stay in the vocabulary.

    Args:
        ids: Token ids.
        semitones: Transposition of each window.
        first: Id of the lowest pitch.
        last: Id of the highest pitch.

    Returns:
        The ids, with all that are no pitches unchanged.
    """
    axes = (1, 2)
    pitch = (ids >= first) & (ids <= last)
    highest = np.where(pitch, ids, first).max(axis=axes).astype(np.int64)
    lowest = np.where(pitch, ids, last).min(axis=axes).astype(np.int64)
    shift = np.clip(semitones, first - lowest, last - highest)
    return np.where(pitch, ids + shift[:, None, None], ids).astype(ids.dtype)
