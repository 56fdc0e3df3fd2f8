"""Ids of the groove grid as hits with velocity and offset.

Id 0 is a rest. A hit of velocity ``v`` (1 to 127) that is played ``o`` 120ths of a step from its step (-60 to
59) has the id ``1 + 120 (v - 1) + o + 60``.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int64, Integer

from symvae.music.drum_kit import NUM_CLASSES
from symvae.music.phrase import OFFSETS_PER_STEP

VELOCITIES = 127
VOCABULARY_SIZE = 1 + VELOCITIES * OFFSETS_PER_STEP
_HALF = OFFSETS_PER_STEP // 2


class Cells(NamedTuple):
    """Hits of the drum classes on a grid of steps, with dynamics and timing."""

    hit: Bool[np.ndarray, "*any step drum_class"]
    velocity: Int64[np.ndarray, "*any step drum_class"]
    """MIDI velocities, 1 to 127; 0 where there is no hit."""
    offset_step: Float[np.ndarray, "*any step drum_class"]
    """Distance of each hit from its step, -0.5 to 0.5, late is positive; 0 where there is no hit."""


def ids_of(
    velocity: Integer[np.ndarray, " hit"], offset_step: Float[np.ndarray, " hit"]
) -> Int64[np.ndarray, " hit"]:
    """Id of each hit, from its velocity and its distance from the step."""
    offset = np.rint(np.asarray(offset_step) * OFFSETS_PER_STEP).astype(np.int64)
    offset = np.clip(offset, -_HALF, _HALF - 1)
    return 1 + OFFSETS_PER_STEP * (np.asarray(velocity, np.int64) - 1) + offset + _HALF


def cells_of_ids(ids: Integer[np.ndarray, "*any bar position"]) -> Cells:
    """Decode bars of ids to hits, velocities and offsets on one row of steps."""
    ids = np.asarray(ids).astype(np.int64)
    ids = ids.reshape(*ids.shape[:-2], -1, NUM_CLASSES)
    hit = ids > 0
    velocity, offset = np.divmod(np.maximum(ids - 1, 0), OFFSETS_PER_STEP)
    return Cells(hit, np.where(hit, velocity + 1, 0), np.where(hit, (offset - _HALF) / OFFSETS_PER_STEP, 0.0))
