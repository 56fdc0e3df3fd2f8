"""A reader of attributes: z to where the faders of the music are that it decodes to.

    z ─ conductor and unfolding (fixed) ─ a feature a slot ─┬─ layers ─ mean, maximum ─┬─ positions
                                                            └─ a layer a bar ──────────┘

It exists for training alone: a smooth stand-in for decoding and measuring, through which a gradient finds out
where z should go (`symvae.training.faders`). What is told to people is always measured. It handles latents
and knows no music.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from symvae.models.conductor import HierarchicalDecoder

_SLOT_SIZE = 64
_HIDDEN_SIZE = 512


class AttributeReader(nn.Module):
    """``(batch, latent)`` → ``(batch, fader)`` positions."""

    def __init__(self, decoder: HierarchicalDecoder, *, attributes: int, width: int = 192) -> None:
        """``decoder`` is looked through and stays as it is."""
        super().__init__()
        self.through = [decoder]  # in a list: its weights are not this module's
        bars, slots, feature_size = decoder.conductor.bars, decoder.bar.num_slots, decoder.bar.feature_size
        self.norm = nn.LayerNorm(feature_size)
        self.place = nn.Parameter(0.02 * torch.randn(bars, slots, width))
        self.first = nn.Linear(feature_size, width)
        self.second = nn.Linear(width, width)
        self.squeeze = nn.Linear(feature_size, _SLOT_SIZE)
        self.laid_out = nn.Linear(slots * _SLOT_SIZE, width)
        self.conclude = nn.Sequential(
            nn.Linear((3 * bars + 2) * width, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, _HIDDEN_SIZE),
            nn.GELU(),
            nn.Linear(_HIDDEN_SIZE, attributes),
        )

    def forward(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch fader"]:
        """Where the faders of the music are, as far as the reader can tell."""
        decoder = self.through[0]
        code = decoder.conductor(z)
        features = decoder.bar.unfold(code.flatten(0, 1)).float()
        x = self.norm(features.view(len(z), decoder.conductor.bars, decoder.bar.num_slots, -1))
        each = gelu(self.second(gelu(self.first(x) + self.place)))
        mean, highest = each.mean(2), each.amax(2)
        laid_out = gelu(self.laid_out(gelu(self.squeeze(x)).flatten(2)))
        parts = (mean.flatten(1), highest.flatten(1), laid_out.flatten(1), mean.mean(1), highest.amax(1))
        return self.conclude(torch.cat(parts, dim=-1))
