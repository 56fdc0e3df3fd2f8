"""The piano's keyboard, onto which all pitched notes are folded."""

import numpy as np

from symvae.music.pitch import PIANO_PITCHES

LOWEST, KEYS = PIANO_PITCHES[0], PIANO_PITCHES[1] - PIANO_PITCHES[0] + 1


def on_keyboard(pitch: np.ndarray) -> np.ndarray:
    """Fold pitches by octaves into the piano's range."""
    below, above = np.maximum(LOWEST - pitch, 0), np.maximum(pitch - (LOWEST + KEYS - 1), 0)
    return pitch + 12 * -(-below // 12) - 12 * -(-above // 12)
