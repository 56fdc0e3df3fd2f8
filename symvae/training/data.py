"""Windows of prepared shards as a model is trained and validated on them."""

import numpy as np
import torch
from jaxtyping import Int, UInt
from torch import Tensor

from symvae.config.run import RunConfig
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards


def training_windows(shards: Shards, config: RunConfig) -> UInt[np.ndarray, "window bar position"]:
    """All windows that the model is trained on, in their own keys."""
    return windows(shards, "train", config.model.bars, mid_phrase=config.data.mid_phrase).ids


def training_phrases(
    shards: Shards, config: RunConfig, count: int, seed: int
) -> Int[Tensor, "phrase bar position"]:
    """Draw training windows, each transposed at random as training transposes them.

    Args:
        shards: Prepared music that fits the model.
        config: The model's choices.
        count: Windows to draw, without replacement; all if there are fewer.
        seed: Seed of the draw and of the transpositions.

    Returns:
        Token ids.
    """
    taken = windows(shards, "train", config.model.bars, mid_phrase=config.data.mid_phrase)
    chance = np.random.default_rng(seed)
    rows = chance.permutation(len(taken))[:count]
    shift = chance.integers(-config.data.transpose, config.data.transpose + 1, len(rows))
    return as_tensor(shards.tokenizer.transpose_ids(taken[rows], shift))


def validation_phrases(
    shards: Shards, config: RunConfig, count: int, *, mid_phrase: bool
) -> Int[Tensor, "phrase bar position"]:
    """Draw windows of the validation split, the same at every call.

    Args:
        shards: Prepared music that fits the model.
        config: The model's choices.
        count: Windows to draw, without replacement; all if there are fewer.
        mid_phrase: Keep bars as they are inside a tune, with notes held across their ends.

    Returns:
        Token ids.
    """
    taken = windows(shards, "validation", config.model.bars, mid_phrase=mid_phrase)
    return as_tensor(taken[np.random.default_rng(0).permutation(len(taken))[:count]])


def as_tensor(ids: UInt[np.ndarray, "window bar position"]) -> Int[Tensor, "window bar position"]:
    """Token ids as the network takes them."""
    return torch.from_numpy(ids.astype(np.int64))
