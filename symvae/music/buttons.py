"""Buttons by rule: eight buttons that trace the contour of a line, without a learned encoder.

A button tells how high a note is among the notes around it, by rank. Of all sequences that never move against
the pitch, and that keep a repeated pitch on its button, the one nearest to these ranks is taken (Viterbi);
one that stays though the pitch moves, as in a run of more than eight notes, has a price. So buttons know no
absolute pitch, and a transposed piece has the same ones. Ranks among many notes change slowly, so whoever
knows the notes before knows what a button stands for.
"""

import numpy as np
from jaxtyping import Float, Int

NUM_BUTTONS = 8
#: Notes before and after a note among which its rank is counted.
BEFORE, AFTER = 192, 192
#: Price of a button that stays though the pitch moves, in buttons.
STAY_PRICE = 24.0
_NEVER = 1e6


def buttons_of(
    pitch: Int[np.ndarray, " note"], before: int = BEFORE, after: int = AFTER
) -> Int[np.ndarray, " note"]:
    """Find the buttons of a line.

    Args:
        pitch: MIDI note numbers in the order of their presses.
        before: Notes before each among which its rank is counted.
        after: Notes after it.

    Returns:
        A button for each note, from 0, the lowest, to 7.
    """
    if not len(pitch):
        return np.zeros(0, np.int64)
    rank = ranks(pitch, before, after)
    cost = np.abs(np.arange(NUM_BUTTONS) - (rank[:, None] * NUM_BUTTONS - 0.5))
    direction = np.sign(np.diff(pitch))
    total, back = cost[0], np.zeros((len(pitch), NUM_BUTTONS), np.int64)
    everywhere = np.arange(NUM_BUTTONS)
    for note in range(1, len(pitch)):
        through = total[:, None] + _MOVES[direction[note - 1]]
        back[note] = through.argmin(axis=0)
        total = through[back[note], everywhere] + cost[note]
        total -= total.min()
    path = np.zeros(len(pitch), np.int64)
    path[-1] = total.argmin()
    for note in range(len(pitch) - 1, 0, -1):
        path[note - 1] = back[note, path[note]]
    return path


def ranks(pitch: Int[np.ndarray, " note"], before: int, after: int) -> Float[np.ndarray, " note"]:
    """Rank of each note among those around it, from 0 to 1; equal notes count half.

    Args:
        pitch: MIDI note numbers.
        before: Notes before each.
        after: Notes after it.

    Returns:
        Share of lower notes, and half of equal ones.
    """
    padded = np.pad(pitch.astype(float), (before, after), constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, before + 1 + after)
    lower = (around < pitch[:, None]).sum(axis=1) + 0.5 * (around == pitch[:, None]).sum(axis=1)
    return lower / np.isfinite(around).sum(axis=1)


def _moves() -> dict[int, Float[np.ndarray, "before after"]]:
    """Price of each pair of buttons, by the direction of the pitch."""
    change = np.subtract.outer(np.arange(NUM_BUTTONS), np.arange(NUM_BUTTONS)).T
    return {
        direction: np.where(
            np.sign(change) == direction,
            0.0,
            np.where((change == 0) & (direction != 0), STAY_PRICE, _NEVER),
        )
        for direction in (-1, 0, 1)
    }


_MOVES = _moves()
