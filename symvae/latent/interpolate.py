"""Interpolation between latents, with both ends exact.

Slerp (Shoemake 1985) turns from one direction to the other while the norm changes linearly; in a Gaussian
prior of many dimensions the straight line would pass through norms that no sample has (White 2016, arXiv
1609.04468). For parallel ends it becomes the straight line; for opposite ends, which define no plane, the
turn is made in a fixed one.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError

#: Sine of the angle between two ends below which rounding leaves no plane to turn in.
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
    """Interpolate on the straight line.

    Args:
        start: the first latent.
        end: the last latent.
        steps: number of latents, both ends included.

    Returns:
        Latents in equal steps.
    """
    share = _shares(steps, start)
    path = (1 - share) * start + share * end
    return _with_ends(path, start, end)


def slerp(
    start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], steps: int
) -> Float[Tensor, "step latent"]:
    """Interpolate on the arc between two directions, with norms in equal steps.

    Args:
        start: the first latent.
        end: the last latent.
        steps: number of latents, both ends included.

    Returns:
        Latents at equal angles.
    """
    start_length, end_length = start.norm(), end.norm()
    if start_length == 0 or end_length == 0:
        return lerp(start, end, steps)  # a latent at the origin has no direction
    share = _shares(steps, start)
    from_unit, to_unit = start / start_length, end / end_length
    cosine = (from_unit @ to_unit).clamp(-1, 1)
    sine = (to_unit - cosine * from_unit).norm()
    if sine < _PARALLEL:
        if cosine > 0:
            return lerp(start, end, steps)
        orthogonal = _perpendicular(from_unit)
    else:
        orthogonal = (to_unit - cosine * from_unit) / sine
    turn = share * torch.atan2(sine, cosine)
    length = (1 - share) * start_length + share * end_length
    path = length * (turn.cos() * from_unit + turn.sin() * orthogonal)
    return _with_ends(path, start, end)


def corners(
    top_left: Float[Tensor, " latent"],
    top_right: Float[Tensor, " latent"],
    bottom_left: Float[Tensor, " latent"],
    bottom_right: Float[Tensor, " latent"],
    steps: int,
) -> Float[Tensor, "row column latent"]:
    """Interpolate on a square between four latents: slerp down both sides, then across each row.

    Args:
        top_left, top_right, bottom_left, bottom_right: the corners.
        steps: number of rows and of columns.

    Returns:
        Latents by row and column.
    """
    left, right = slerp(top_left, bottom_left, steps), slerp(top_right, bottom_right, steps)
    return torch.stack([slerp(a, b, steps) for a, b in zip(left, right, strict=True)])


def _shares(steps: int, like: Tensor) -> Float[Tensor, "step 1"]:
    if steps < 2:
        raise LatentError(f"A path has at least its two ends: steps must be 2 or more, not {steps}.")
    return torch.linspace(0, 1, steps, dtype=like.dtype, device=like.device)[:, None]


def _with_ends(path: Tensor, start: Tensor, end: Tensor) -> Tensor:
    path[0], path[-1] = start, end
    return path


def _perpendicular(unit: Float[Tensor, " latent"]) -> Float[Tensor, " latent"]:
    """Return a unit vector orthogonal to ``unit``: the least parallel coordinate axis, orthogonalized."""
    if len(unit) == 1:
        raise LatentError("Opposite ends in one dimension have no arc between them; use lerp.")
    axis = torch.zeros_like(unit)
    axis[unit.abs().argmin()] = 1
    axis = axis - (axis @ unit) * unit
    return axis / axis.norm()
