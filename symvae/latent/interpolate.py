"""Ways from one latent to another, with both ends exact.

Slerp (Shoemake 1985) turns from one direction to the other while the length changes evenly; in a
Gaussian prior of many dimensions the straight line would pass through lengths that no sample has
(White 2016, arXiv 1609.04468). Where the ends point the same way it becomes the straight line;
where they point opposite ways the turn has no plane of its own, and a fixed one is chosen.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError

#: Below this sine of the angle between two ends, the plane of the turn is lost in rounding.
_PARALLEL = 1e-4


def path(
    start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], steps: int, *, kind: str = "slerp"
) -> Float[Tensor, "step latent"]:
    """Interpolate by the method called ``kind``.

    Args:
        start: the first latent.
        end: the last latent.
        steps: number of latents, both ends included.
        kind: "slerp" or "lerp".

    Returns:
        Latents along the path.

    Raises:
        LatentError: there is no such method.
    """
    if kind not in ("slerp", "lerp"):
        raise LatentError(f'The path is "slerp" or "lerp", not {kind!r}.')
    return (slerp if kind == "slerp" else lerp)(start, end, steps)


def lerp(
    start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], steps: int
) -> Float[Tensor, "step latent"]:
    """``steps`` latents on the straight line, ends included."""
    share = _shares(steps, start)
    path = (1 - share) * start + share * end
    return _with_ends(path, start, end)


def slerp(
    start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], steps: int
) -> Float[Tensor, "step latent"]:
    """``steps`` latents on the arc, ends included; lengths move evenly from one end's to the other's."""
    start_length, end_length = start.norm(), end.norm()
    if start_length == 0 or end_length == 0:
        return lerp(start, end, steps)  # a latent at the origin has no direction to turn from
    share = _shares(steps, start)
    from_unit, to_unit = start / start_length, end / end_length
    cosine = (from_unit @ to_unit).clamp(-1, 1)
    sine = (to_unit - cosine * from_unit).norm()
    if sine < _PARALLEL:
        if cosine > 0:
            return lerp(start, end, steps)
        sideways = _perpendicular(from_unit)
    else:
        sideways = (to_unit - cosine * from_unit) / sine
    turn = share * torch.atan2(sine, cosine)
    length = (1 - share) * start_length + share * end_length
    path = length * (turn.cos() * from_unit + turn.sin() * sideways)
    return _with_ends(path, start, end)


def corners(
    top_left: Float[Tensor, " latent"],
    top_right: Float[Tensor, " latent"],
    bottom_left: Float[Tensor, " latent"],
    bottom_right: Float[Tensor, " latent"],
    steps: int,
) -> Float[Tensor, "row column latent"]:
    """A square of latents between four: slerp down both sides, then across each row."""
    left, right = slerp(top_left, bottom_left, steps), slerp(top_right, bottom_right, steps)
    return torch.stack([slerp(a, b, steps) for a, b in zip(left, right, strict=True)])


def _shares(steps: int, like: Tensor) -> Float[Tensor, "step 1"]:
    if steps < 2:
        raise LatentError(f"A way has at least its two ends, so steps must be 2 or more, not {steps}.")
    return torch.linspace(0, 1, steps, dtype=like.dtype, device=like.device)[:, None]


def _with_ends(path: Tensor, start: Tensor, end: Tensor) -> Tensor:
    path[0], path[-1] = start, end
    return path


def _perpendicular(unit: Float[Tensor, " latent"]) -> Float[Tensor, " latent"]:
    """A unit vector at right angles: the coordinate axis least like ``unit``, with ``unit`` taken out."""
    if len(unit) == 1:
        raise LatentError("Opposite ends in one dimension have no arc between them; use lerp.")
    axis = torch.zeros_like(unit)
    axis[unit.abs().argmin()] = 1
    axis = axis - (axis @ unit) * unit
    return axis / axis.norm()
