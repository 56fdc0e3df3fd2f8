"""The attack of one sound with the tail of another, on log magnitudes, before phases are made for both."""

import torch
from jaxtyping import Float
from torch import Tensor

#: Frames over which one sound becomes the other, and in which their levels are compared.
FRAMES = 4


def with_tail(
    levels: Float[Tensor, "frame bin"], tail: Float[Tensor, "frame bin"], frame: int
) -> Float[Tensor, "frame bin"]:
    """Go on with the tail of another sound, as loud there as the first one.

    Args:
        levels: log magnitudes of the first sound.
        tail: those of the other.
        frame: frame at which half of the way is done.

    Returns:
        Log magnitudes: up to the frame those of the first sound, then those of the other.
    """
    first = max(0, frame - FRAMES // 2)
    here = slice(first, first + FRAMES)
    power, other = (each[here].double().mul(2).exp().sum() for each in (levels, tail))
    gain = 0.5 * (power / other).log().float()
    share = ((torch.arange(len(levels)) - frame) / FRAMES + 0.5).clamp(0, 1)[:, None]
    return levels * (1 - share) + (tail + gain) * share
