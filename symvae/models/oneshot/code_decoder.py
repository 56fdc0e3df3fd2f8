"""Decoder of a one-shot sound from a short sequence of vectors: the mirror image of the encoder.

vectors ─ a few patches each ─ blocks, conditioned on class and all vectors ─ bins of each frame
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock


class CodeDecoder(nn.Module):
    """Normalized log magnitudes of a spectrogram given quantized vectors and a class.

    Args:
        frames: frames of a spectrogram.
        positions: vectors of a sound.
        stride: patches of a vector.
        bins: bins of a frame.
        patch: frames that are written as one.
        size: coordinates of a vector.
        condition: width of the class's embedding.
        width: channels between blocks.
        hidden: channels inside a block.
        blocks: number of blocks.
        kernel: receptive field of a block, in patches.
        summary: units of the summary.
    """

    def __init__(
        self,
        *,
        frames: int,
        positions: int,
        stride: int,
        bins: int,
        patch: int,
        size: int,
        condition: int,
        width: int,
        hidden: int,
        blocks: int,
        kernel: int,
        summary: int,
    ) -> None:
        super().__init__()
        self.frames, self.patch, self.stride = frames, patch, stride
        self.summarize = nn.Linear(positions * size + condition, summary)
        self.enter = nn.Linear(size, stride * width)
        self.place = nn.Parameter(0.02 * torch.randn(positions * stride, width))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=summary) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, patch * bins)

    def forward(
        self, vectors: Float[Tensor, "batch position size"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch frame bin"]:
        """Decode normalized log magnitudes."""
        summary = functional.gelu(self.summarize(torch.cat([vectors.flatten(1), condition], 1)))
        x = self.enter(vectors).unflatten(2, (self.stride, -1)).flatten(1, 2) + self.place
        for block in self.blocks:
            x = block(x, summary[:, None])
        levels = self.leave(self.norm(x)).unflatten(2, (self.patch, -1)).flatten(1, 2)
        return levels[:, : self.frames]
