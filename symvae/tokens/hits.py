"""Ids of the drum grid as hits: bit 0 says that the bar is a triplet bar, the others are the classes."""

import numpy as np
from jaxtyping import Bool, Integer

from symvae.music.drum_kit import NUM_CLASSES
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.triplet_bars import CELLS_PER_QUARTER, cells_per_bar

#: Bits of an id.
NUM_BITS = 1 + NUM_CLASSES


def hits_of(ids: Integer[np.ndarray, "*any"]) -> Bool[np.ndarray, "*any drum_class"]:
    """Mask of the classes that each id hits."""
    return (np.asarray(ids)[..., None] >> np.arange(1, NUM_BITS) & 1).astype(bool)


def in_triplets(ids: Integer[np.ndarray, "*bars position"]) -> Bool[np.ndarray, "*bars"]:
    """Mask of the bars of which most ids say that they are triplet bars."""
    return 2 * (np.asarray(ids) & 1).sum(axis=-1) > np.shape(ids)[-1]


def used_positions(ids: Integer[np.ndarray, "*bars position"]) -> Bool[np.ndarray, "*bars position"]:
    """Mask of the positions that are cells: all of a bar of sixteenths, three quarters of a triplet bar."""
    positions = np.shape(ids)[-1]
    return ~in_triplets(ids)[..., None] | (np.arange(positions) < cells_per_bar(positions))


def as_decoded(ids: Integer[np.ndarray, "*bars position"]) -> Integer[np.ndarray, "*bars position"]:
    """Ids that decode to the same hits, with one grid for each bar and no hit after its last cell."""
    classes = np.where(used_positions(ids), np.asarray(ids) >> 1, 0)
    return classes << 1 | in_triplets(ids)[..., None]


def placed_hits(ids: Integer[np.ndarray, "*bars position"]) -> Bool[np.ndarray, "*bars place drum_class"]:
    """Mask of the hits at each place of a bar: its sixteenths, then its triplet cells.

    The beats, which both grids have, are places of the sixteenths.
    """
    hits = hits_of(as_decoded(ids))
    triplets, positions = in_triplets(ids)[..., None, None], hits.shape[-2]
    cells = cells_per_bar(positions)
    places = np.concatenate([hits & ~triplets, hits[..., :cells, :] & triplets], axis=-2)
    beats, off = (
        np.arange(0, positions, STEPS_PER_QUARTER),
        positions + np.arange(0, cells, CELLS_PER_QUARTER),
    )
    places[..., beats, :] |= places[..., off, :]
    places[..., off, :] = False
    return places
