"""The piano's keyboard, onto which all pitched notes are folded."""

import numpy as np
from jaxtyping import Int

from symvae.music.pitch import PIANO_PITCHES

LOWEST, KEYS = PIANO_PITCHES[0], PIANO_PITCHES[1] - PIANO_PITCHES[0] + 1


def on_keyboard(pitch: np.ndarray) -> np.ndarray:
    """Fold pitches by octaves into the piano's range."""
    below, above = np.maximum(LOWEST - pitch, 0), np.maximum(pitch - (LOWEST + KEYS - 1), 0)
    return pitch + 12 * -(-below // 12) - 12 * -(-above // 12)


def fold_into(pitch: Int[np.ndarray, " note"], low: int, high: int) -> Int[np.ndarray, " note"]:
    """Fold pitches by octaves into a range.

    Args:
        pitch: MIDI pitches.
        low: Lowest key.
        high: Highest key, at least an octave above ``low``.

    Returns:
        Pitches from ``low`` to ``high``.
    """
    pitch = pitch + 12 * -(-np.maximum(low - pitch, 0) // 12)
    return pitch - 12 * -(-np.maximum(pitch - high, 0) // 12)
