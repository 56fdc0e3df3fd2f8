"""Layers over ids that are sets: id ``i`` contains element ``b`` if bit ``b`` of ``i`` is set.

A table over all ``2**bits`` ids would learn every set by itself, and most sets are rare. Here an id's row
is the sum of the rows of its elements, and the logits of ids are built from those of their elements, so
what is learned of a set holds for the others that share elements with it.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


def bit_table(bits: int) -> Float[Tensor, "id bit"]:
    """Row of zeros and ones for each of the ``2**bits`` ids."""
    return (torch.arange(2**bits)[:, None] >> torch.arange(bits) & 1).float()


class BitEmbedding(nn.Module):
    """Embedding of an id as the sum of those of its bits; ``extra`` ids after them have rows of their own.

    Args:
        bits: elements of a set.
        embedding_dim: width of an embedding.
        extra: ids after the sets that have rows of their own, as a start mark.
    """

    table: Tensor

    def __init__(self, bits: int, embedding_dim: int, extra: int = 0) -> None:
        super().__init__()
        self.embedding_dim = embedding_dim
        self.bit = nn.Parameter(torch.randn(bits, embedding_dim))
        self.own = nn.Parameter(torch.randn(1 + extra, embedding_dim))  # of the empty set, then the extra ids
        self.register_buffer("table", bit_table(bits), persistent=False)

    @property
    def weight(self) -> Float[Tensor, "id embedding"]:
        """The rows of all ids."""
        return torch.cat([self.own[:1] + self.table @ self.bit, self.own[1:]])

    def forward(self, ids: Int[Tensor, "*any"]) -> Float[Tensor, "*any embedding"]:
        return nn.functional.embedding(ids, self.weight)


class BitLinear(nn.Module):
    """Logits of all sets: a logit for each element that is in the set, plus one for the set as a whole.

    With the first part alone the elements would be independent of each other, given the input.

    Args:
        in_features: width of the input.
        bits: elements of a set.
        joint: first inputs that the logits of whole sets depend on.
    """

    table: Tensor

    def __init__(self, in_features: int, bits: int, joint: int) -> None:
        super().__init__()
        self.in_features, self.out_features, self.joint_features = in_features, 2**bits, joint
        self.element = nn.Linear(in_features, bits)
        self.whole = nn.Linear(joint, 2**bits)
        nn.init.zeros_(self.whole.weight)
        nn.init.zeros_(self.whole.bias)
        self.register_buffer("table", bit_table(bits), persistent=False)

    @property
    def weight(self) -> Float[Tensor, "id in_features"]:
        """Weights of the equivalent `torch.nn.Linear`."""
        whole = nn.functional.pad(self.whole.weight, (0, self.in_features - self.joint_features))
        return whole + self.table @ self.element.weight

    @property
    def bias(self) -> Float[Tensor, " id"]:
        """Bias of the equivalent `torch.nn.Linear`."""
        return self.whole.bias + self.table @ self.element.bias

    def forward(self, x: Float[Tensor, "*any in_features"]) -> Float[Tensor, "*any id"]:
        by_element = self.element(x)
        return self.whole(x[..., : self.joint_features]) + by_element @ self.table.t().to(by_element.dtype)
