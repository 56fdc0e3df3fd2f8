"""Attribute vectors, analogies and random variations in z.

An attribute vector is the mean latent of the phrases in the attribute's top quartile minus that of the
bottom quartile (Roberts et al. 2018, arXiv 1803.05428, section 5.4). Analogies, a + (b − c), are those of
word vectors.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError


def attribute_vector(
    z: Float[Tensor, "phrase latent"], values: Float[Tensor, " phrase"]
) -> Float[Tensor, " latent"]:
    """Subtract the mean latent of the bottom quartile from that of the top quartile, by rank of ``values``.

    Raises:
        LatentError: the attribute does not vary.
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
    """Add multiples of attribute vectors to z.

    Args:
        z: latents.
        directions: attribute vectors by name.
        amounts: the multiple of each vector to add, by name.

    Returns:
        Latents moved.

    Raises:
        LatentError: a name has no vector.
    """
    unknown = sorted(set(amounts) - set(directions))
    if unknown:
        raise LatentError(
            f"There is no attribute vector {', '.join(unknown)}. Known attributes: {', '.join(directions)}."
        )
    for name, amount in amounts.items():
        z = z + amount * directions[name]
    return z


def analogy(
    a: Float[Tensor, "batch latent"], b: Float[Tensor, "batch latent"], c: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """Complete an analogy: a + (b − c).

    Args:
        a: latents to change.
        b, c: latents whose difference is added.

    Returns:
        Latents moved.
    """
    return a + (b - c)


def variations(
    z: Float[Tensor, " latent"], amount: float, count: int, generator: torch.Generator
) -> Float[Tensor, "count latent"]:
    """Move z along arcs toward draws from the prior; the weights cosine and sine preserve the prior's norm.

    Args:
        z: one latent.
        amount: share of the arc, from 0 (z itself) to 1 (an independent draw).
        count: number of variations.
        generator: source of the draws, on the device of z.

    Returns:
        Latents.

    Raises:
        LatentError: ``amount`` is not from 0 to 1, or ``count`` is below 1.
    """
    if not 0 <= amount <= 1:
        raise LatentError(f"The amount of change goes from 0 (the same) to 1 (unrelated), not {amount}.")
    if count < 1:
        raise LatentError(f"The number of variations is 1 or more, not {count}.")
    noise = torch.randn((count, len(z)), generator=generator, dtype=z.dtype, device=z.device)
    turn = torch.tensor(amount * torch.pi / 2)
    return turn.cos() * z + turn.sin() * noise
