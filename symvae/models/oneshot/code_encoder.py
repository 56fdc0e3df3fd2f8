"""Encoder of a one-shot sound to a short sequence of vectors: ConvNeXt blocks over patches of frames.

    log magnitudes ─ patches of bins ─ blocks, conditioned on the class ─ a vector for every few patches

All sounds start at the same frame, so each patch has an embedding of its place.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock


class CodeEncoder(nn.Module):
    """Vectors to quantize, given a spectrogram and its class.

    Args:
        positions: vectors of a sound.
        stride: patches of a vector.
        bins: bins of a frame.
        patch: frames that are read as one.
        size: coordinates of a vector.
        condition: width of the class's embedding.
        width: channels between blocks.
        hidden: channels inside a block.
        blocks: number of blocks.
        kernel: receptive field of a block, in patches.
    """

    def __init__(
        self,
        *,
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
    ) -> None:
        super().__init__()
        self.patch, self.patches, self.stride = patch, positions * stride, stride
        self.enter = nn.Linear(patch * bins, width)
        self.place = nn.Parameter(0.02 * torch.randn(self.patches, width))
        self.blocks = nn.ModuleList(
            ConvNextBlock(width, hidden=hidden, kernel=kernel, condition=condition) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(stride * width, size)

    def forward(
        self, levels: Float[Tensor, "batch frame bin"], condition: Float[Tensor, "batch condition"]
    ) -> Float[Tensor, "batch position size"]:
        """Encode normalized log magnitudes; frames after the last one are silent."""
        padded = functional.pad(levels, (0, 0, 0, self.patches * self.patch - levels.shape[1]))
        x = self.enter(padded.unflatten(1, (self.patches, self.patch)).flatten(2)) + self.place
        for block in self.blocks:
            x = block(x, condition[:, None])
        return self.leave(self.norm(x).unflatten(1, (-1, self.stride)).flatten(2))
