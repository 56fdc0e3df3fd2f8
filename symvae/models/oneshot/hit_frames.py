"""Frames unfolded from z and class, from which waveform decoders start.

    z and class ─ summary ─ a few channels a frame ─ a ConvNeXt block, conditioned on the summary ─ frames

All sounds start at the same sample, so each frame has an embedding of its place, as in `FrameDecoder`.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.convnext import ConvNextBlock

#: Frames that the block sees at once.
_KERNEL = 7


class Unfolded(NamedTuple):
    """A sound as a decoder sees it."""

    frames: Float[Tensor, "batch frame width"]
    summary: Float[Tensor, "batch summary"]


class HitFrames(nn.Module):
    """Frames of a sound given z and a class.

    Args:
        frames: Frames of a sound.
        latent_size: Coordinates of z.
        condition: Width of the class's embedding.
        summary: Units between z and all frames.
        code: Channels of a frame before the block.
        width: Channels of a frame.
    """

    def __init__(
        self, *, frames: int, latent_size: int, condition: int, summary: int, code: int, width: int
    ) -> None:
        super().__init__()
        self.summarize = nn.Linear(latent_size + condition, summary)
        self.unfold = nn.Linear(summary, frames * code)
        self.enter = nn.Linear(code, width)
        self.place = nn.Parameter(0.02 * torch.randn(frames, width))
        self.block = ConvNextBlock(width, hidden=2 * width, kernel=_KERNEL, condition=summary)

    def forward(
        self, z: Float[Tensor, "batch latent"], condition: Float[Tensor, "batch condition"]
    ) -> Unfolded:
        """Unfold z."""
        summary = functional.gelu(self.summarize(torch.cat([z, condition], 1)))
        x = self.enter(self.unfold(summary).unflatten(1, (self.place.shape[0], -1))) + self.place
        return Unfolded(self.block(x, summary[:, None]), summary)
