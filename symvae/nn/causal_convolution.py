"""Gated causal convolutions over a sequence: each output depends on inputs up to its own time.

After WaveNet (van den Oord et al. 2016, arXiv 1609.03499) and the gated PixelCNN (van den Oord et al. 2016,
arXiv 1606.05328): dilated convolutions of the past, a gate, residual and skip outputs, and a condition in
each layer. Past inputs are gathered side by side and multiplied as one matrix, which is faster on a CPU than
a convolution, and the same product gives one time after the other from a cache (Paine et al. 2016, arXiv
1611.09482).
"""

from collections.abc import Iterable, Iterator
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.causal import Step

#: Layers after which dilations, powers of 2, begin again at 1.
_CYCLE = 5


class GatedConvolution(nn.Module):
    """One layer of gated causal convolution.

    Args:
        width: Channels.
        kernel: Inputs that an output depends on.
        dilation: Distance between them.
        condition: Width of the condition.
        dropout: Share of the gated units that training leaves out.
    """

    def __init__(self, width: int, *, kernel: int, dilation: int, condition: int, dropout: float) -> None:
        super().__init__()
        self.kernel, self.dilation = kernel, dilation
        self.norm = nn.LayerNorm(width)
        self.enter = nn.Linear(kernel * width, 2 * width)
        self.condition = nn.Linear(condition, 2 * width, bias=False)
        self.drop = nn.Dropout(dropout)
        self.leave = nn.Linear(width, 2 * width)

    @property
    def reach(self) -> int:
        """Times before its own that an output depends on."""
        return (self.kernel - 1) * self.dilation

    def forward(
        self, x: Float[Tensor, "batch time width"], condition: Float[Tensor, "batch 1 condition"]
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch time width"]]:
        """Return residual and skip outputs of all times."""
        past = functional.pad(self.norm(x), (0, 0, self.reach, 0))
        shifted = [past[:, at : at + x.shape[1]] for at in range(0, self.reach + 1, self.dilation)]
        return self._gated(x, torch.cat(shifted, 2), condition)

    def step(
        self, x: Float[Tensor, "batch width"], condition: Float[Tensor, "batch 1 condition"], cache: Tensor
    ) -> tuple[Float[Tensor, "batch width"], Float[Tensor, "batch width"], Tensor]:
        """Compute one time.

        Args:
            x: Input of this time.
            condition: The condition.
            cache: Normalized inputs of the times before it, as many as the layer reaches.

        Returns:
            Residual output, skip output, and the cache of the next time.
        """
        past = torch.cat([cache, self.norm(x)[:, None]], 1)
        gathered = past[:, :: self.dilation].flatten(1)
        y, skip = self._gated(x[:, None], gathered[:, None], condition)
        return y[:, 0], skip[:, 0], past[:, 1:]

    def _gated(
        self,
        x: Float[Tensor, "batch time width"],
        past: Float[Tensor, "batch time kernel_width"],
        condition: Float[Tensor, "batch 1 condition"],
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch time width"]]:
        value, gate = (self.enter(past) + self.condition(condition)).chunk(2, 2)
        residual, skip = self.leave(self.drop(value.tanh() * gate.sigmoid())).chunk(2, 2)
        return x + residual, skip


class CausalConvolutions(nn.Module):
    """Layers of gated causal convolutions of growing dilation.

    Args:
        width: Channels.
        layers: Number of layers.
        kernel: Inputs that an output of a layer depends on.
        dropout: Share of the units that training leaves out.
        cycle: Layers after which dilations begin again at 1.
    """

    def __init__(
        self, width: int, *, layers: int, kernel: int = 3, dropout: float = 0.0, cycle: int = _CYCLE
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            GatedConvolution(
                width, kernel=kernel, dilation=2 ** (layer % cycle), condition=width, dropout=dropout
            )
            for layer in range(layers)
        )
        self.width = width

    @property
    def reach(self) -> int:
        """Times before its own that an output depends on."""
        return sum(layer.reach for layer in self._each())

    def forward(
        self, x: Float[Tensor, "batch time width"], condition: Float[Tensor, "batch width"]
    ) -> Float[Tensor, "batch time width"]:
        """Outputs of all times."""
        total = torch.zeros_like(x)
        for layer in self.layers:
            x, skip = layer(x, condition[:, None])
            total = total + skip
        return total

    def start(self, batch: int) -> list[Tensor]:
        """Cache before the first time."""
        weight = next(self.parameters())
        return [weight.new_zeros(batch, layer.reach, self.width) for layer in self._each()]

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
        total, later = torch.zeros_like(x), []
        for layer, past in zip(self._each(), cache, strict=True):
            x, skip, kept = layer.step(x, condition[:, None], past)
            total = total + skip
            later.append(kept)
        return Step(total, later)

    def _each(self) -> Iterator[GatedConvolution]:
        return iter(cast(Iterable[GatedConvolution], self.layers))
