"""Excerpts of prepared recordings; all chance follows from seed and step."""

import numpy as np
import torch
from jaxtyping import Float, Int16
from torch import Tensor

from symvae.dsp.wav import FULL_SCALE


def drawn_excerpts(
    pieces: Int16[np.ndarray, "piece sample"],
    step: int,
    count: int,
    length: int,
    *,
    seed: int,
    softer_db: float,
) -> Float[Tensor, "excerpt time"]:
    """Draw excerpts from random places, of random level and polarity.

    Args:
        pieces: Pieces of recordings.
        step: Number of the draw.
        count: Number of excerpts.
        length: Samples of an excerpt, at most those of a piece.
        seed: Of all draws.
        softer_db: Largest attenuation.

    Returns:
        The excerpts, from -1 to 1.
    """
    chance = np.random.default_rng([seed, step])
    rows = chance.integers(len(pieces), size=count)
    starts = chance.integers(pieces.shape[1] - length + 1, size=count)
    gain = 10 ** (-chance.uniform(0, softer_db, count) / 20) * chance.choice([-1.0, 1.0], count)
    cut = np.stack([pieces[row, at : at + length] for row, at in zip(rows, starts, strict=True)])
    return torch.from_numpy((cut * (gain / FULL_SCALE)[:, None]).astype(np.float32))


def first_excerpts(
    pieces: Int16[np.ndarray, "piece sample"], count: int, length: int
) -> Float[Tensor, "excerpt time"]:
    """The beginnings of at most so many pieces, evenly spread over all.

    Args:
        pieces: Pieces of recordings.
        count: Most excerpts.
        length: Samples of an excerpt, at most those of a piece.

    Returns:
        The excerpts, from -1 to 1.
    """
    rows = np.unique(np.linspace(0, len(pieces) - 1, min(count, len(pieces))).round().astype(np.int64))
    return torch.from_numpy(np.asarray(pieces[rows, :length], np.float32) / FULL_SCALE)
