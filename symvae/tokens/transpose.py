"""Ids that stand for pitches, moved up and down: what transposition is to a tokenizer."""

import numpy as np
from jaxtyping import Int64, UInt8


def shift_pitches(
    ids: UInt8[np.ndarray, "window bar position"],
    semitones: Int64[np.ndarray, " window"],
    first: int,
    last: int,
) -> UInt8[np.ndarray, "window bar position"]:
    """The pitches, ids from ``first`` to ``last``, moved; a window less far where it would leave them."""
    axes = (1, 2)
    pitch = (ids >= first) & (ids <= last)
    highest = np.where(pitch, ids, first).max(axis=axes).astype(np.int64)
    lowest = np.where(pitch, ids, last).min(axis=axes).astype(np.int64)
    shift = np.clip(semitones, first - lowest, last - highest)
    return np.where(pitch, ids + shift[:, None, None], ids).astype(np.uint8)
