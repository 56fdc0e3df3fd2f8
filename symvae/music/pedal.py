"""Pedal: where new notes follow old ones under a held pedal, it is pressed again, so that they do not blur.

Everywhere else the pedal stays as it was played. A player who changes it close to the line needs no help.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

#: Controller number of the sustain pedal, and the least value at which it is down.
PEDAL, DOWN = 64, 64


class Pedal(NamedTuple):
    """Controllers of a part with the pedal pressed again."""

    controls: Int[np.ndarray, "control 3"]
    """Tick, number and value of each."""
    num_pressed: int
    """Places where the pedal is pressed again."""


def press_again(controls: Int[np.ndarray, "control 3"], lines: Iterable[int], near_tick: float) -> Pedal:
    """Release the pedal before each line over which it is held, and press it on the line.

    Args:
        controls: Tick, number and value of each control change of a part, in time order.
        lines: Ticks at which new notes meet old ones.
        near_tick: Where the pedal is released this near to a line, it stays as it is.

    Returns:
        The controllers.
    """
    tick, value = controls[controls[:, 1] == PEDAL][:, [0, 2]].T
    new = []
    for line in sorted(lines):
        last = int(np.searchsorted(tick, line)) - 1
        released = (abs(tick - line) < near_tick) & (value < DOWN)
        if last >= 0 and value[last] >= DOWN and tick[last] < line - 1 and not released.any():
            new += [[line - 1, PEDAL, 0], [line, PEDAL, int(value[last])]]
    if not new:
        return Pedal(controls, 0)
    every = np.concatenate([controls, np.array(new)])
    return Pedal(every[np.argsort(every[:, 0], kind="stable")], len(new) // 2)
