"""Excerpts of prepared lines; all chance follows from seed and step."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.corpus.line_shards import Lines
from symvae.dsp.perceived_loudness import scaled
from symvae.dsp.wav import FULL_SCALE


class LineBatch(NamedTuple):
    """Excerpts, with a frame more than they have blocks of samples."""

    wave: Float[Tensor, "batch sample"]
    frequency_hz: Float[Tensor, "batch frame"]
    loudness: Float[Tensor, "batch frame"]
    """Scaled."""
    features: Float[Tensor, "batch frame feature"]
    timbre: Int[Tensor, " batch"]

    def to(self, device: str) -> "LineBatch":
        """Copy of the batch on a device."""
        return LineBatch(*(column.to(device) for column in self))


def drawn_excerpts(lines: Lines, step: int, count: int, blocks: int, hop: int, *, seed: int) -> LineBatch:
    """Draw excerpts from random places.

    Args:
        lines: Lines of a split.
        step: Number of the draw.
        count: Number of excerpts.
        blocks: Blocks of samples of an excerpt.
        hop: Samples of a block.
        seed: Of all draws.

    Returns:
        The excerpts.
    """
    chance = np.random.default_rng([seed, step])
    rows = chance.integers(len(lines), size=count)
    starts = chance.integers(lines.frequency_hz.shape[1] - blocks, size=count)
    return _cut(lines, rows, starts, blocks, hop)


def even_excerpts(lines: Lines, count: int, blocks: int, hop: int) -> LineBatch:
    """The beginnings of at most so many lines, evenly spread over all.

    Args:
        lines: Lines of a split.
        count: Most excerpts.
        blocks: Blocks of samples of an excerpt.
        hop: Samples of a block.

    Returns:
        The excerpts.
    """
    rows = np.unique(np.linspace(0, len(lines) - 1, min(count, len(lines))).round().astype(np.int64))
    return _cut(lines, rows, np.zeros(len(rows), np.int64), blocks, hop)


def _cut(
    lines: Lines,
    rows: Int[np.ndarray, " excerpt"],
    starts: Int[np.ndarray, " excerpt"],
    blocks: int,
    hop: int,
) -> LineBatch:
    pairs = list(zip(rows.tolist(), starts.tolist(), strict=True))

    def frames(column: np.ndarray) -> Tensor:
        return torch.from_numpy(
            np.stack([column[row, at : at + blocks + 1] for row, at in pairs]).astype(np.float32)
        )

    wave = np.stack([lines.wave[row, at * hop : (at + blocks) * hop] for row, at in pairs])
    return LineBatch(
        torch.from_numpy(wave.astype(np.float32) / FULL_SCALE),
        frames(lines.frequency_hz),
        scaled(frames(lines.loudness_db)),
        frames(lines.features),
        torch.from_numpy(lines.timbre[rows]),
    )
