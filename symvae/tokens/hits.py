"""Ids of the drum grid as hits."""

import numpy as np
from jaxtyping import Bool, Integer

from symvae.music.drum_kit import NUM_CLASSES


def hits_of(ids: Integer[np.ndarray, "*any"]) -> Bool[np.ndarray, "*any drum_class"]:
    """Mask of the classes that each id hits."""
    return (np.asarray(ids)[..., None] >> np.arange(NUM_CLASSES) & 1).astype(bool)
