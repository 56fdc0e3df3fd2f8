"""The decoder: piano roll and timbre → controls of sources, filter and noise, frame by frame."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock

_MIN_LOG, _MAX_LOG = -12.0, 6.0


class Controls(NamedTuple):
    """Parameters of the source-filter model in each frame of a lane."""

    balance: Float[Tensor, "lane frame group"]
    """Level of each group of harmonics; natural logarithm."""
    log_filter: Float[Tensor, "lane frame bin"]
    """Gain of each bin; natural logarithm."""
    phase: Float[Tensor, "lane frame low_bin"]
    """Residual added to the sources' phase in the lowest bins; radians."""
    log_noise: Float[Tensor, "lane frame band"]
    """Level of the noise in bands spaced evenly in mel; natural logarithm."""


class SpectrumDecoder(nn.Module):
    """ConvNeXt blocks conditioned on z; each frame depends on ``context`` frames to each side.

    Args:
        roll_size: Features of a piano-roll frame.
        groups: Groups of harmonics.
        bins: Bins of a spectrum.
        low_bins: Bins with a phase residual.
        noise_bands: Bands of the noise.
        latent_size: Size of z.
        width: Channels between the blocks.
        hidden: Channels inside a block.
        blocks: Number of blocks.
        kernel: Frames that a block's convolution spans.
    """

    def __init__(
        self,
        *,
        roll_size: int,
        groups: int,
        bins: int,
        low_bins: int,
        noise_bands: int,
        latent_size: int,
        width: int,
        hidden: int,
        blocks: int,
        kernel: int,
    ) -> None:
        super().__init__()
        self.context = blocks * (kernel // 2)
        self.enter = nn.Linear(roll_size, width)
        self.condition = nn.Sequential(nn.Linear(latent_size, width), nn.GELU(approximate="tanh"))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=width) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.sizes = (groups, bins, low_bins, noise_bands)
        self.leave = nn.Linear(width, sum(self.sizes))
        self.leave_timbre = nn.Linear(width, sum(self.sizes), bias=False)
        with torch.no_grad():
            # Most features of a piano-roll frame are 0.
            self.enter.weight.mul_(5.0)
            self.leave.weight.mul_(0.3)
            self.leave_timbre.weight.mul_(0.3)
            balance, log_filter, phase, noise = self.leave.bias.split(self.sizes)
            # Each group starts half as loud as the one before, at a typical level, with almost no noise.
            balance.copy_(-0.7 * torch.arange(groups)), log_filter.fill_(-2.0)
            phase.zero_(), noise.fill_(-5.0)

    def forward(
        self, roll: Float[Tensor, "lane frame feature"], z: Float[Tensor, "lane frame_or_1 latent"]
    ) -> Controls:
        """Controls of each lane in timbre ``z``, one for all frames or one for each."""
        x, condition = self.enter(roll), self.condition(2 * z)
        for block in self.blocks:
            x = block(x, condition)
        output = functional.linear(self.norm(x), self.leave.weight)
        output = output + (self.leave_timbre(condition) + self.leave.bias)
        balance, log_filter, phase, noise = output.float().split(self.sizes, -1)
        return Controls(
            balance.clamp(_MIN_LOG, _MAX_LOG),
            log_filter.clamp(_MIN_LOG, _MAX_LOG),
            phase,
            noise.clamp(_MIN_LOG, _MAX_LOG),
        )
