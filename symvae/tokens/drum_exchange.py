"""Augmentation of drum ids: exchange toms, exchange cymbals, and put the drums of two phrases together.

A collection of drummers plays some fills on some toms, and one hi-hat; other music has any of them. Which tom
or cymbal is hit, and whose hands play to whose feet, is therefore drawn anew.
"""

import numpy as np
from jaxtyping import Bool, UInt

from symvae.music.drum_kit import DRUM_CLASSES, NUM_CLASSES
from symvae.tokens.hits import NUM_BITS, hits_of

_NAMES = [each.name for each in DRUM_CLASSES]
_TOMS = [_NAMES.index(name) for name in ("low_tom", "mid_tom", "high_tom")]
_CYMBALS = [_NAMES.index(name) for name in ("closed_hihat", "open_hihat", "crash", "ride")]


def exchange_drums(
    share: float, ids: UInt[np.ndarray, "window bar position"], chance: np.random.Generator
) -> UInt[np.ndarray, "window bar position"]:
    """Exchange classes in some windows.

    Args:
        share: Share of the windows in which toms and cymbals are exchanged among themselves, and of those
            that take about half of their classes from another window whose bars have the same grids.
        ids: Ids of the drum grid.
        chance: Source of the draws.

    Returns:
        As many windows.
    """
    hits, grid_bit = hits_of(ids), ids & 1
    order = np.tile(np.arange(NUM_CLASSES), (len(ids), 1))
    for group in (_TOMS, _CYMBALS):
        order[:, group] = chance.permuted(order[:, group], axis=1)
    exchanged = np.take_along_axis(hits, order[:, None, None], axis=-1)
    hits = np.where(_some(len(ids), share, chance), exchanged, hits)
    other = chance.permutation(len(ids))
    same_grid = (grid_bit == grid_bit[other]).all(axis=-1)[..., None, None]
    taken = (chance.random((len(ids), NUM_CLASSES)) < 0.5)[:, None, None]
    hits = np.where(_some(len(ids), share, chance) & same_grid & taken, hits[other], hits)
    weights = 1 << np.arange(1, NUM_BITS)
    return ((hits * weights).sum(axis=-1) | grid_bit).astype(ids.dtype)


def _some(windows: int, share: float, chance: np.random.Generator) -> Bool[np.ndarray, "window 1 1 1"]:
    return (chance.random(windows) < share)[:, None, None, None]
