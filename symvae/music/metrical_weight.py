"""Metrical weight: the number of metrical levels that have a pulse at a step of the bar.

Lerdahl and Jackendoff 1983, "A Generative Theory of Tonal Music":

    4/4   5 1 2 1  3 1 2 1  4 1 2 1  3 1 2 1    sixteenths, eighths, quarters, halves, bars
    3/4   4 1 2 1  3 1 2 1  3 1 2 1             sixteenths, eighths, quarters, bars
    6/8   4 1 2 1 2 1  3 1 2 1 2 1              sixteenths, eighths, dotted quarters, bars
"""

from types import MappingProxyType

import numpy as np
from jaxtyping import Int

from symvae.music.grid import Grid

#: Metre → period of each metrical level, in steps.
LEVELS = MappingProxyType({"4/4": (1, 2, 4, 8, 16), "3/4": (1, 2, 4, 12), "6/8": (1, 2, 6, 12)})


def metrical_weight(grid: Grid) -> Int[np.ndarray, " step"]:
    """Weight of each step of a bar, 1 for the weakest.

    Args:
        grid: The metre.

    Returns:
        Number of levels with a pulse at the step.
    """
    step = np.arange(grid.steps_per_bar)
    return np.sum([step % level == 0 for level in LEVELS[grid.metre]], axis=0)
