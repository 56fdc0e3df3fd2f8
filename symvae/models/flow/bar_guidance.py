"""Guidance bar by bar: some bars of a draw are held at a target, others pulled toward it.

At each step of the flow the bars of the estimate of its end point move toward those of a target latent,

    end ← end + fold · ( pull × unfold · (target − end) )

with one pull a bar. Pulled by 1 from the start, a bar goes straight from its noise to the target, as on the
paths that the flow was trained on, and the other bars are drawn in its sight: the replacement of Lugmayr et
al. 2022 (RePaint, arXiv 2201.09865), without decoding anything on the way. Pulled by a tenth or two, a bar
becomes a variation of its target; by 0 it is drawn freely.

It handles latents and knows no ids.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.models.flow.prior import FlowPrior, Guidance
from symvae.models.flow.velocity import BarVelocity


def bar_guidance(
    target: Float[Tensor, "batch latent"],
    pull: Float[Tensor, "batch bar"],
    unfold: Float[Tensor, "code latent"],
    fold: Float[Tensor, "latent code"] | None = None,
) -> Guidance:
    """Guidance of each draw toward its own target.

    Args:
        target: latents.
        pull: share of the way to the target that each bar of an estimate moves, 0 to 1.
        unfold: linear map of z to the embeddings of all bars, bar after bar.
        fold: its least-squares inverse; None to compute it, which takes a second for a thousand coordinates.

    Returns:
        A correction of estimates, for `FlowPrior.integrate`.
    """
    back = (torch.linalg.pinv(unfold) if fold is None else fold).t()

    def guidance(end: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        embeddings = ((target - end) @ unfold.t()).unflatten(1, (pull.shape[1], -1))
        return end + (pull[:, :, None] * embeddings).flatten(1) @ back

    return guidance


def unfolding(prior: FlowPrior) -> Float[Tensor, "code latent"] | None:
    """The map to bars that a bar-wise prior has learned, over all of z; None for a plain one."""
    if not isinstance(prior.velocity, BarVelocity):
        return None
    weight = prior.velocity.unfold.weight.detach()
    return weight.new_zeros((len(weight), len(prior.active))).masked_scatter(prior.active, weight)


@torch.no_grad()
def flow_loss(
    prior: FlowPrior, z: Float[Tensor, "batch latent"], generator: torch.Generator, times: int = 8
) -> Float[Tensor, " batch"]:
    """Mean squared error of the prior's velocity on the way to each latent: low for typical music.

    It is the loss of flow matching (`symvae.training.tasks.flow_matching`), from one noise for all latents at
    evenly spaced times, so that differences between them are their own: Li et al. 2023 (arXiv 2303.16203)
    compare classes with a diffusion model in this way.

    Args:
        prior: the prior.
        z: latents, on its device.
        generator: source of the noise, on the CPU.
        times: evaluations of the network.

    Returns:
        The loss of each latent, about 1 or less.
    """
    total = z.new_zeros(len(z))
    for number in range(times):
        noise = torch.randn(z.shape[1], generator=generator).to(z.device)
        time = (number + 0.5) / times
        on_the_way = (time * z + (1 - time) * noise)[:, prior.active]
        velocity = prior.velocity(on_the_way, z.new_full((len(z), 1), time))
        total += (velocity - (z - noise)[:, prior.active]).square().mean(1)
    return total / times
