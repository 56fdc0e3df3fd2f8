"""Drum phrases as the tensors of a groove model, and back."""

import numpy as np
import torch
from jaxtyping import Integer

from symvae.models.groove.cells import Touch
from symvae.music.phrase import OFFSETS_PER_STEP
from symvae.tokens.groove_cells import Cells, cells_of_ids


def touch_of(ids: Integer[np.ndarray, "window bar position"]) -> Touch:
    """Windows of ids of the groove grid as tensors."""
    cells = cells_of_ids(ids)
    offset = np.rint(cells.offset_step * OFFSETS_PER_STEP).astype(np.int64) + OFFSETS_PER_STEP // 2
    return Touch(
        torch.from_numpy(cells.hit),
        torch.from_numpy(np.maximum(cells.velocity - 1, 0)),
        torch.from_numpy(np.where(cells.hit, offset, 0)),
    )


def cells_of_touch(touch: Touch) -> Cells:
    """Hits, MIDI velocities and offsets in steps."""
    hit = touch.hit.cpu().numpy()
    offset = (touch.offset.cpu().numpy() - OFFSETS_PER_STEP // 2) / OFFSETS_PER_STEP
    return Cells(hit, np.where(hit, touch.velocity.cpu().numpy() + 1, 0), np.where(hit, offset, 0.0))
