"""Noise that bars share: bars with equal noise resemble each other in the music drawn from it.

Ge et al. 2023 (arXiv 2305.10474) correlate the noise of the frames of a video; here the bars that a form
names equal get the same noise. The noise of a bar is the part of z that unfolds into its embedding
(`symvae.models.flow.velocity.BarVelocity`).

The mean of m independent noises has too little variance to sound varied, and m copies of one noise put m
times the usual variance into the direction that moves them together, which the flow has never seen. The
weights lie in the middle of the two: the mean times the fourth root of m.

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def mixing(equal: Int[Tensor, "count bar"]) -> Float[Tensor, "count bar bar"]:
    """Weights of the independent noises of all bars in the noise of each.

    Args:
        equal: a number for each bar of each draw; bars with the same number share their noise.
    """
    same = (equal[:, :, None] == equal[:, None]).float()
    return same * same.sum(-1, keepdim=True) ** -0.75


def share_noise(
    noise: Float[Tensor, "count used"],
    mix: Float[Tensor, "count bar bar"],
    unfold: Float[Tensor, "code used"],
    fold: Float[Tensor, "used code"],
) -> Float[Tensor, "count used"]:
    """Mix the noises of the bars of each draw.

    Args:
        noise: white noise over the used coordinates of z.
        mix: weights as of `mixing`.
        unfold: linear map from these coordinates to the embeddings of all bars, bar after bar.
        fold: its least-squares inverse.

    Returns:
        The mixed noise. Bars that share are as alike as z allows, which has fewer coordinates than the
        embeddings together.
    """
    count, bars, _ = mix.shape
    embeddings = (noise @ unfold.t()).view(count, bars, -1)
    return torch.einsum("nab,nbc->nac", mix, embeddings).flatten(1) @ fold.t()
