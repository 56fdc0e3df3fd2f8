"""Blends of timbres: what the decoder predicts for each, mixed."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Blend(NamedTuple):
    """Several timbres and their shares in every frame.

    Blended are the decoder's predictions for each timbre, not z. Levels in dB, gains in dB and phases are
    interpolated linearly, so that a morph sounds even and remains one source with one filter. A straight line
    in z passes near other instruments.
    """

    z: Float[Tensor, "part latent"]
    share: Float[Tensor, "frame_or_1 part"]
    """Share of each part; the shares of a frame sum to 1."""

    @classmethod
    def of(cls, z: Float[Tensor, " latent"]) -> "Blend":
        """A single timbre."""
        return cls(z[None], z.new_ones(1, 1))

    def to(self, device: torch.device) -> "Blend":
        """The blend on a device."""
        return Blend(self.z.to(device), self.share.to(device))

    def toward(self, other: "Blend", position: Float[Tensor, " frame_or_1"]) -> "Blend":
        """Interpolate to another blend, by a position from 0 to 1 in every frame."""
        before, after = (1 - position)[:, None] * self.share, position[:, None] * other.share
        return Blend(torch.cat([self.z, other.z]), torch.cat([before, after], -1))
