"""Causal transformer over a sequence: each output attends to inputs up to its own time.

The decoder of Vaswani et al. 2017 (arXiv 1706.03762) with the norm before each layer (Xiong et al. 2020,
arXiv 2002.04745). Keys and values of past times are cached, so that one time after the other costs little.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.causal import Step

#: Width of an attention head.
HEAD_SIZE = 32


class CausalBlock(nn.Module):
    """Attention to the past, then two linear layers.

    Args:
        width: Channels; a multiple of `HEAD_SIZE`.
        dropout: Share of the outputs that training leaves out.
    """

    def __init__(self, width: int, *, dropout: float) -> None:
        super().__init__()
        self.heads = width // HEAD_SIZE
        self.before_attention = nn.LayerNorm(width)
        self.attend = nn.Linear(width, 3 * width)
        self.gather = nn.Linear(width, width)
        self.before_mlp = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(
        self, x: Float[Tensor, "batch time width"], past: Tensor | None = None
    ) -> tuple[Float[Tensor, "batch time width"], Tensor]:
        """Compute times that follow others.

        Args:
            x: Inputs: of all times without ``past``, of a single one with it.
            past: Keys and values of earlier times, ``(2, batch, head, time, size)``.

        Returns:
            Outputs, and keys and values up to the last time.
        """
        parts = self.attend(self.before_attention(x)).unflatten(2, (3, self.heads, HEAD_SIZE))
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        known = torch.stack([key, value])
        if past is not None:
            known = torch.cat([past, known], 3)
        attended = functional.scaled_dot_product_attention(query, known[0], known[1], is_causal=past is None)
        x = x + self.drop(self.gather(attended.transpose(1, 2).flatten(2)))
        return x + self.drop(self.narrow(functional.gelu(self.widen(self.before_mlp(x))))), known


class CausalTransformer(nn.Module):
    """Blocks of causal attention; the condition is added to each input.

    Args:
        width: Channels; a multiple of `HEAD_SIZE`.
        layers: Number of blocks.
        dropout: Share of the units that training leaves out.
    """

    def __init__(self, width: int, *, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.condition = nn.Linear(width, width)
        self.layers = nn.ModuleList(CausalBlock(width, dropout=dropout) for _ in range(layers))

    def forward(
        self, x: Float[Tensor, "batch time width"], condition: Float[Tensor, "batch width"]
    ) -> Float[Tensor, "batch time width"]:
        """Outputs of all times."""
        x = x + self.condition(condition)[:, None]
        for layer in self.layers:
            x, _ = layer(x)
        return x

    def start(self, batch: int) -> list[Tensor]:
        """Cache before the first time: no keys and values."""
        weight = self.condition.weight
        heads = weight.shape[0] // HEAD_SIZE
        return [weight.new_zeros(2, batch, heads, 0, HEAD_SIZE) for _ in self.layers]

    def step(
        self, x: Float[Tensor, "batch width"], condition: Float[Tensor, "batch width"], cache: list[Tensor]
    ) -> Step:
        """Compute one time after the other.

        Args:
            x: Input of this time.
            condition: The condition, the same at all times.
            cache: That of `start`, or of the time before.

        Returns:
            Output and cache.
        """
        y, later = (x + self.condition(condition))[:, None], []
        for layer, past in zip(self.layers, cache, strict=True):
            y, known = layer(y, past)
            later.append(known)
        return Step(y[:, 0], later)
