"""Whole sets of phrases through the network, in batches that fit any memory."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.symvae import SymVAE

#: Told what is being measured and the share of it that is done.
Progress = Callable[[str, float], None]

_BATCH = 512


def silent(what: str, share: float) -> None:
    """The progress of those who do not want to know."""


@torch.no_grad()
def encode(model: SymVAE, ids: Int[Tensor, "phrase bar position"]) -> DiagonalGaussian:
    """The posterior of each phrase."""
    parts = [model.vae.encoder(rows) for rows in ids.split(_BATCH)]
    return DiagonalGaussian(torch.cat([p.mean for p in parts]), torch.cat([p.log_std for p in parts]))


@torch.no_grad()
def decode_forced(
    model: SymVAE, z: Float[Tensor, "phrase latent"], ids: Int[Tensor, "phrase bar position"]
) -> Int[Tensor, "phrase bar position"]:
    """The likeliest next token at every step when every token before it is the true one."""
    pairs = zip(z.split(_BATCH), ids.split(_BATCH), strict=True)
    return torch.cat([model.vae.decoder(latents, rows).argmax(-1) for latents, rows in pairs])
