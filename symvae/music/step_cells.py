"""Cells of drums on sixteenths alone: a step and a class, whatever grid a bar has.

Where the timing of a hit is kept, a triplet is a hit that is early or late, and needs no grid of its own
(`symvae.music.drum_kit.cells_of` has those of triplet bars, too).
"""

import numpy as np
from jaxtyping import Bool, Int64

from symvae.music.drum_kit import NUM_CLASSES, class_of
from symvae.music.phrase import Phrase


def step_cells_of(phrase: Phrase) -> Int64[np.ndarray, " note"]:
    """Step and class of each hit as one number, ``step * 9 + class``; below 0 for hits of no class."""
    drum_class = class_of(phrase.pitch)
    return np.where(drum_class >= 0, phrase.onset_step * NUM_CLASSES + drum_class, -1 - phrase.pitch)


def one_hit_a_step(phrase: Phrase) -> Bool[np.ndarray, " note"]:
    """Mask that keeps the loudest hit of each class on a step, and drops hits of no class."""
    cell = step_cells_of(phrase)
    order = np.lexsort((-phrase.velocity, cell))
    keep = np.zeros(len(phrase), bool)
    keep[order[np.unique(cell[order], return_index=True)[1]]] = True
    return keep & (cell >= 0)
