"""Tensors of a phrase of drums: hits of the classes at each step, with velocity and offset."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.nn.logistic_mixture import Bins

#: Bins of velocities 1 to 127, and of offsets from -60 to 59 120ths of a step.
VELOCITY, OFFSET = Bins(127), Bins(120)


class Touch(NamedTuple):
    """Hits as a drummer plays them."""

    hit: Bool[Tensor, "batch step drum"]
    velocity: Int[Tensor, "batch step drum"]
    """Bin of the velocity, 0 to 126; 0 where there is no hit."""
    offset: Int[Tensor, "batch step drum"]
    """Bin of the offset, 0 to 119; 60 on the step, 0 where there is no hit."""

    def features(self) -> Float[Tensor, "batch step drum 3"]:
        """Hit, velocity and offset as inputs of a network, all 0 where there is no hit."""
        hit = self.hit.float()
        velocity = VELOCITY.center(self.velocity) * hit
        offset = 2 * OFFSET.center(self.offset) * hit
        return torch.stack([hit, velocity, offset], -1)


class Condition(NamedTuple):
    """Style and tempo of each phrase."""

    style: Int[Tensor, " batch"]
    """Number of the style; that after the last one for an unknown style."""
    tempo_qpm: Float[Tensor, " batch"]
