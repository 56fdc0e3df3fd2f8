"""Attribute vectors: the way in z along which an attribute grows.

The mean latent of the phrases in the attribute's top quartile minus that of its bottom quartile
(Roberts et al. 2018, arXiv 1803.05428, section 5.4). Latents are plain tensors, so the arithmetic of
word vectors works on them too: a + (b − c).
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError


def attribute_vector(
    z: Float[Tensor, "phrase latent"], values: Float[Tensor, " phrase"]
) -> Float[Tensor, " latent"]:
    """Mean of the top quartile by ``values`` minus mean of the bottom quartile.

    The quartiles are of equal size, by rank. Raises `LatentError` when the attribute never varies.
    """
    order = values.argsort(stable=True)
    quarter = max(1, len(values) // 4)
    low, high = order[:quarter], order[-quarter:]
    if values[high].min() <= values[low].max() and values[high].mean() <= values[low].mean():
        raise LatentError(
            "The attribute does not vary over these phrases, so it has no direction. Use more music."
        )
    return z[high].mean(0) - z[low].mean(0)


def move(
    z: Float[Tensor, "batch latent"],
    directions: dict[str, Float[Tensor, " latent"]],
    amounts: dict[str, float],
) -> Float[Tensor, "batch latent"]:
    """``z`` moved by so many times each named direction; raises `LatentError` for a name without one."""
    unknown = sorted(set(amounts) - set(directions))
    if unknown:
        raise LatentError(
            f"There is no direction {', '.join(unknown)}. Known directions: {', '.join(directions)}."
        )
    for name, amount in amounts.items():
        z = z + amount * directions[name]
    return z


def analogy(
    a: Float[Tensor, "batch latent"], b: Float[Tensor, "batch latent"], c: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """a + (b − c): what b has and c has not, given to a."""
    return a + (b - c)


def variations(
    z: Float[Tensor, " latent"], amount: float, count: int, generator: torch.Generator
) -> Float[Tensor, "count latent"]:
    """``count`` latents near ``z``: a share ``amount`` of the way, along an arc, to draws from the prior.

    ``amount`` 0 is ``z`` itself and 1 a fresh draw; cosine and sine keep the length that the prior has.
    """
    if not 0 <= amount <= 1:
        raise LatentError(f"The amount of change is from 0 (the same) to 1 (unrelated), not {amount}.")
    if count < 1:
        raise LatentError(f"The number of variations is 1 or more, not {count}.")
    noise = torch.randn((count, len(z)), generator=generator, dtype=z.dtype, device=z.device)
    turn = torch.tensor(amount * torch.pi / 2)
    return turn.cos() * z + turn.sin() * noise
