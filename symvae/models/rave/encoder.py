"""Encoder of RAVE: bands of a waveform → posterior of a frame of z, by strided causal convolutions.

Caillon and Esling 2021, "RAVE: a variational autoencoder for fast and high-quality neural audio synthesis",
arXiv 2111.05011, section 4.1. Departures: convolutions are causal (`symvae.nn.causal_conv`), and there is no
batch normalization, which would make an output depend on the other sounds of its batch.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.causal_conv import CausalConv, fold

SLOPE = 0.2
"""Of the leaky rectifiers of all networks here."""


#: A narrow posterior before training does not collapse.
_INITIAL_LOG_STD = -2.0


class RaveEncoder(nn.Module):
    """Mean and log standard deviation of z, a frame for every ``bands · ∏ strides`` samples.

    Args:
        bands: Bands of the signal.
        strides: Rates of the stages, the first at the rate of the bands.
        capacity: Channels before the first stage; each stage doubles them.
        latent_size: Coordinates of a frame.
    """

    def __init__(self, *, bands: int, strides: Sequence[int], capacity: int, latent_size: int) -> None:
        super().__init__()
        self.strides = tuple(strides)
        self.enter = CausalConv(bands, capacity, 7)
        widths = [capacity * 2**stage for stage in range(len(self.strides) + 1)]
        self.stages = nn.ModuleList(
            CausalConv(stride * width, wider, 2)
            for stride, width, wider in zip(self.strides, widths[:-1], widths[1:], strict=True)
        )
        self.leave = CausalConv(widths[-1], 2 * latent_size, 3)
        assert self.leave.bias is not None
        with torch.no_grad():
            self.leave.bias[latent_size:] = _INITIAL_LOG_STD

    def forward(
        self, bands: Float[Tensor, "batch band band_sample"]
    ) -> Float[Tensor, "batch mean_and_log_std frame"]:
        """Encode bands; their length is a multiple of all strides together."""
        x = self.enter(bands)
        for stage, stride in zip(self.stages, self.strides, strict=True):
            x = stage(fold(functional.leaky_relu(x, SLOPE), stride))
        return self.leave(functional.leaky_relu(x, SLOPE))
