"""Noise that bars share: what repeats in the noise resembles itself in the music drawn from it.

Ge et al. 2023 (arXiv 2305.10474) correlate the noise of the frames of a video in this way; here bars that
repeat an earlier one take over its noise, wholly or in part. The noise of a bar is the part of z that unfolds
into its embedding (`symvae.models.flow.velocity.BarVelocity`).

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def mixing(
    source: Int[Tensor, "count bar"], share: Float[Tensor, "count bar"]
) -> Float[Tensor, "count bar bar"]:
    """Weights of the independent noise of each bar in the noise of every bar.

    Args:
        source: the earlier bar that each bar takes noise from, or the bar itself.
        share: correlation of the noise of each bar with that of its source, 0 to 1.

    Returns:
        For each draw a matrix whose rows have norm 1: the variance of white noise is preserved.
    """
    rows: list[Tensor] = []
    own = torch.eye(source.shape[1], device=share.device)
    for bar in range(source.shape[1]):
        repeats = source[:, bar] < bar
        part = torch.where(repeats, share[:, bar], 0.0)[:, None]
        earlier = torch.stack([*rows, own[bar].expand(len(source), -1)], dim=1)
        taken = earlier[torch.arange(len(source)), source[:, bar].clamp(max=bar)]
        rows.append(part * taken + (1 - part.square()).sqrt() * own[bar])
    return torch.stack(rows, dim=1)


def share_noise(
    noise: Float[Tensor, "count used"],
    mix: Float[Tensor, "count bar bar"],
    unfold: Float[Tensor, "code used"],
) -> Float[Tensor, "count used"]:
    """Mix the noise of the bars of each draw.

    Args:
        noise: white noise over the used coordinates of z.
        mix: weights as of `mixing`.
        unfold: linear map from these coordinates to the embeddings of all bars, bar after bar.

    Returns:
        Noise of the same norm in each draw. Its bars are as alike as z allows, which has fewer coordinates
        than the embeddings together.
    """
    count, bars, _ = mix.shape
    embeddings = (noise @ unfold.t()).view(count, bars, -1)
    mixed = torch.einsum("nab,nbc->nac", mix, embeddings).flatten(1) @ torch.linalg.pinv(unfold).t()
    return mixed * (noise.norm(dim=1) / mixed.norm(dim=1).clamp(min=1e-12))[:, None]
