"""Encoder of a one-shot sound: ConvNeXt blocks over patches of frames, then one layer over all patches.

    log magnitudes ─ patches of bins ─ blocks, conditioned on the class ─ a few channels a patch ─ summary ─ z

All sounds start at the same frame, so each patch has an embedding of its place.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock
from symvae.nn.gaussian import DiagonalGaussian


class FrameEncoder(nn.Module):
    """Posterior of z given a spectrogram and its class.

    Args:
        frames: frames of a spectrogram.
        bins: bins of a frame.
        patch: frames that are read as one.
        latent_size: coordinates of z.
        condition: width of the class's embedding.
        width: channels between blocks.
        hidden: channels inside a block.
        blocks: number of blocks.
        kernel: receptive field of a block, in patches.
        patch_code: channels of a patch after the blocks.
        summary: units between all patches and z.
        initial_log_variance: log variance of the posterior before training.
    """

    def __init__(
        self,
        *,
        frames: int,
        bins: int,
        patch: int,
        latent_size: int,
        condition: int,
        width: int,
        hidden: int,
        blocks: int,
        kernel: int,
        patch_code: int,
        summary: int,
        initial_log_variance: float,
    ) -> None:
        super().__init__()
        self.patch, self.patches = patch, -(-frames // patch)
        self.enter = nn.Linear(patch * bins, width)
        self.place = nn.Parameter(0.02 * torch.randn(self.patches, width))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=condition) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.narrow = nn.Linear(width, patch_code)
        self.summarize = nn.Linear(self.patches * patch_code + condition, summary)
        self.leave = nn.Linear(summary, 2 * latent_size)
        with torch.no_grad():
            self.leave.weight.mul_(0.5)
            self.leave.bias[latent_size:].fill_(0.5 * initial_log_variance)

    def forward(
        self, levels: Float[Tensor, "batch frame bin"], condition: Float[Tensor, "batch condition"]
    ) -> DiagonalGaussian:
        """Encode normalized log magnitudes."""
        padded = functional.pad(levels, (0, 0, 0, self.patches * self.patch - levels.shape[1]))
        x = self.enter(padded.unflatten(1, (self.patches, self.patch)).flatten(2)) + self.place
        for block in self.blocks:
            x = block(x, condition[:, None])
        codes = self.narrow(self.norm(x)).flatten(1)
        summary = functional.gelu(self.summarize(torch.cat([codes, condition], 1)))
        mean, log_std = self.leave(summary).float().chunk(2, 1)
        return DiagonalGaussian(mean, log_std)
