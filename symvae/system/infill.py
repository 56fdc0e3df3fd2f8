"""Bars that are known, bars that are not: a draw from the prior that agrees with what is known.

While the prior carries noise to music, every guess of where it will end is decoded, the known bars are put
back in place, and the guess moves by as much as that changes its encoding:

    guess ← guess + encode(decode(guess) with the known bars) − encode(decode(guess))

So the unknown bars are drawn in sight of the known ones, without a gradient and without any further network:
replacement, as Lugmayr et al. 2022 inpaint pictures (RePaint, arXiv 2201.09865), here through the VAE.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from symvae.latent.prior import FlowPrior
from symvae.models.quick import Generator
from symvae.models.vae import VAE


class Filled(NamedTuple):
    """Ids with every bar in place."""

    ids: Int[Tensor, "batch bar position"]
    """The known bars as they were given, the others as they were drawn."""
    kept: Float[Tensor, " batch"]
    """The share of the known bars' tokens that the model said by itself, before they were put in place."""


@torch.no_grad()
def infill_ids(
    vae: VAE,
    player: Generator,
    prior: FlowPrior,
    ids: Int[Tensor, "batch bar position"],
    known: Bool[Tensor, " bar"],
    *,
    generator: torch.Generator,
    spread: float = 1.0,
) -> Filled:
    """A draw for each row of ``ids``: its ``known`` bars stay; what stands in the others is not looked at."""
    held = known[None, :, None]

    def steer(guess: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        own = player.generate(guess)
        return guess + vae.encoder(torch.where(held, ids, own)).mean - vae.encoder(own).mean

    noise = spread * torch.randn((len(ids), len(prior.active)), generator=generator)
    own = player.generate(prior.carry(noise, steer))
    kept = (own == ids)[:, known].float().mean((1, 2)) if known.any() else torch.ones(len(ids))
    return Filled(torch.where(held, ids, own), kept)
