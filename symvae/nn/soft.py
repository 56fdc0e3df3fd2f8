"""Ids that are probabilities: how a gradient comes through decoded notes."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def embed(
    embedding: nn.Embedding, ids: Int[Tensor, "*any"] | Float[Tensor, "*any id"]
) -> Float[Tensor, "*any embedding"]:
    """What an embedding gives for ids, or the mean of what it gives under probabilities of ids."""
    return ids @ embedding.weight if torch.is_floating_point(ids) else embedding(ids)
