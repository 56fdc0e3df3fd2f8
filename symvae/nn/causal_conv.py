"""Causal convolutions that can also be run block by block, with the inputs before each block cached.

No output depends on later inputs, so that the blocks of a stream, one after the other, give the samples of
the whole. Caillon and Esling (2022, "Streamable neural audio synthesis with non-causal convolutions", arXiv
2204.07064) cache the inputs of centered convolutions and delay parallel paths to match; here every
convolution is causal, and a network that may look ahead is trained toward a delayed target instead.

Strided convolutions are `fold` and a convolution at the lower rate, transposed ones a convolution and
`unfold`, as in sub-pixel convolution (Shi et al. 2016, arXiv 1609.05158).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class CausalConv(nn.Module):
    """Convolution along time of which each output sees inputs up to its own time.

    Args:
        inputs: channels.
        outputs: channels.
        kernel: taps.
        dilation: steps between taps.
    """

    bias: Tensor | None
    past: Tensor | None
    """The last ``reach`` inputs of each stream; None where whole signals are processed."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, dilation: int = 1) -> None:
        super().__init__()
        self.reach, self.dilation = (kernel - 1) * dilation, dilation
        bound = (3 / (inputs * kernel)) ** 0.5
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.register_buffer("past", None, persistent=False)

    def forward(self, x: Float[Tensor, "batch channel time"]) -> Float[Tensor, "batch output time"]:
        """Convolve a signal that begins in silence, or the next block of a stream."""
        return functional.conv1d(self._joined(x), self.weight, self.bias, dilation=self.dilation)

    def _joined(self, x: Float[Tensor, "batch channel time"]) -> Float[Tensor, "batch channel longer"]:
        """The inputs behind those that came before."""
        if not self.reach:
            return x
        if self.past is None:
            return functional.pad(x, (self.reach, 0))
        past = self.past[: x.shape[0]]
        joined = torch.cat([past, x], 2)
        past.copy_(joined[:, :, -self.reach :])
        return joined


class FixedCausalConv(CausalConv):
    """Causal convolution whose weights are given and not learned.

    Args:
        weight: one filter for each output.
    """

    def __init__(self, weight: Float[Tensor, "output channel tap"]) -> None:
        super().__init__(1, 1, weight.shape[2])
        del self.weight, self.bias
        self.register_buffer("weight", weight, persistent=False)
        self.register_parameter("bias", None)


def fold(x: Float[Tensor, "batch channel time"], stride: int) -> Float[Tensor, "batch more fewer"]:
    """Stack every ``stride`` steps as channels; the time is a multiple of it."""
    return x.unflatten(2, (-1, stride)).transpose(2, 3).flatten(1, 2)


def unfold(x: Float[Tensor, "batch channel time"], stride: int) -> Float[Tensor, "batch fewer more"]:
    """Spread channels over ``stride`` steps each, the inverse of `fold`."""
    return x.unflatten(1, (-1, stride)).transpose(2, 3).flatten(2, 3)


def start_stream(network: nn.Module, streams: int) -> None:
    """Let all causal convolutions of a network go on from block to block, after silence.

    Args:
        network: The network; its convolutions are changed in place.
        streams: Largest number of signals at once.
    """
    for layer in network.modules():
        if isinstance(layer, CausalConv) and layer.reach:
            layer.past = layer.weight.new_zeros(streams, layer.weight.shape[1], layer.reach)


def end_stream(network: nn.Module) -> None:
    """Let all causal convolutions of a network process whole signals again."""
    for layer in network.modules():
        if isinstance(layer, CausalConv):
            layer.past = None
