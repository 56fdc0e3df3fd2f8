"""Targets of the editor's training: faders at the positions that another phrase has."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

#: Where several faders are asked for, the probability of each.
MORE_FADERS = 0.3


def draw_targets(
    position: Float[Tensor, "batch fader"],
    coupling: Float[Tensor, "fader fader"],
    generator: torch.Generator,
    *,
    several: bool = False,
) -> tuple[Float[Tensor, "batch fader"], Bool[Tensor, "batch fader"]]:
    """Draw target positions: one fader of each phrase takes the position that another phrase has.

    Args:
        position: Measured positions of a batch.
        coupling: Change of each fader (column) for a unit change of another (row).
        generator: Source of chance, on the device of the positions.
        several: In half of the phrases ask for more faders, all at the positions of the same other phrase.

    Returns:
        The targets, in which the other faders follow by their coupling, and the faders that are asked for.
    """
    batch, faders = position.shape
    device = position.device
    which = torch.randint(faders, (batch,), generator=generator, device=device)
    other = torch.randperm(batch, generator=generator, device=device)
    asked = functional.one_hot(which, faders).bool()
    if several:
        more = torch.rand((batch, faders), generator=generator, device=device) < MORE_FADERS
        asked |= more & (torch.rand((batch, 1), generator=generator, device=device) < 0.5)
    change = torch.where(asked, position[other] - position, 0.0)
    return torch.where(asked, position[other], position + change @ coupling), asked
