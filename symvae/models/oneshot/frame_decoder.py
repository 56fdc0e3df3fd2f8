"""Decoder of a one-shot sound: z unfolds into patches, and ConvNeXt blocks turn them into log magnitudes.

z and class ─ summary ─ a few channels a patch ─ blocks, conditioned on z and class ─ bins of each frame
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock


class FrameDecoder(nn.Module):
    """Normalized log magnitudes of a spectrogram given z and a class.

    Args:
        frames: frames of a spectrogram.
        bins: bins of a frame.
        patch: frames that are written as one.
        latent_size: coordinates of z.
        condition: width of the class's embedding.
        width: channels between blocks.
        hidden: channels inside a block.
        blocks: number of blocks.
        kernel: receptive field of a block, in patches.
        patch_code: channels of a patch before the blocks.
        summary: units between z and all patches.
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
    ) -> None:
        super().__init__()
        self.frames, self.patch, self.patches = frames, patch, -(-frames // patch)
        self.summarize = nn.Linear(latent_size + condition, summary)
        self.unfold = nn.Linear(summary, self.patches * patch_code)
        self.enter = nn.Linear(patch_code, width)
        self.place = nn.Parameter(0.02 * torch.randn(self.patches, width))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=summary) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, patch * bins)

    def forward(
        self, z: Float[Tensor, "batch latent"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch frame bin"]:
        """Decode normalized log magnitudes."""
        summary = functional.gelu(self.summarize(torch.cat([z, condition], 1)))
        x = self.enter(self.unfold(summary).unflatten(1, (self.patches, -1))) + self.place
        for block in self.blocks:
            x = block(x, summary[:, None])
        levels = self.leave(self.norm(x)).unflatten(2, (self.patch, -1)).flatten(1, 2)
        return levels[:, : self.frames]
