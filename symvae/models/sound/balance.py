"""Mixing of source groups at levels that move linearly from frame to frame."""

import torch
from jaxtyping import Float
from torch import Tensor


def balanced(
    source: Float[Tensor, "lane group sample"], balance: Float[Tensor, "lane frame group"], hop: int
) -> Float[Tensor, "lane sample"]:
    """Sum the groups of each lane.

    Args:
        source: Signal of each group.
        balance: Level of each group in each frame; natural logarithm.
        hop: Samples from frame to frame.

    Returns:
        One signal per lane.
    """
    spans = min(balance.shape[1] - 1, source.shape[-1] // hop)
    ramp = torch.arange(hop, device=source.device) / hop
    level, lanes = balance.exp()[:, :, None], []
    for pulses, gain in zip(source[..., : spans * hop], level, strict=True):
        # Lane by lane the spans are a view of the source; all at once they would be copied.
        pieces = pulses.unflatten(-1, (spans, hop)).transpose(0, 1)  # (span, group, hop)
        start, end = gain[:spans].bmm(pieces), gain[1 : spans + 1].bmm(pieces)
        lanes.append(torch.lerp(start, end, ramp).flatten())
    mixed = torch.stack(lanes)
    rest = torch.einsum("lgs,lg->ls", source[..., spans * hop :], balance[:, spans].exp())
    return torch.cat([mixed, rest], -1) if rest.shape[-1] else mixed
