"""Warm start of a longer model from a one-bar model: the bar networks are copied, z starts from bar codes.

The encoder's projection is linear, so it can start as any linear map of trained bar codes: a block-diagonal
copy where z has room for all codes, else their principal components. For these each coordinate is divided by
its posterior deviation, so that the components with most information are kept; they are scaled to unit
variance as the prior expects, and the conductor starts as the inverse map.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import TrainingError
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.encoder import BidirectionalEncoder
from symvae.models.phrase.vae import VAE


@torch.no_grad()
def warm_start(short: VAE, long: VAE, phrases: Int[Tensor, "phrase bar position"]) -> None:
    """Initialize a longer model from a one-bar model, in place.

    Args:
        short: the trained one-bar model.
        long: the model to initialize.
        phrases: thousands of training phrases of the longer model, for the statistics of the codes.

    Raises:
        TrainingError: a model is flat, or the bar networks have different sizes.
    """
    encoder, bar_encoder = long.encoder, short.encoder
    decoder, bar_decoder = long.decoder, short.decoder
    if not (
        isinstance(encoder, BidirectionalEncoder)
        and isinstance(bar_encoder, BidirectionalEncoder)
        and isinstance(decoder, HierarchicalDecoder)
        and isinstance(bar_decoder, HierarchicalDecoder)
    ):
        raise TrainingError(
            "Only hierarchical models can start from a one-bar model. Train this one from scratch."
        )
    try:
        encoder.bar.load_state_dict(bar_encoder.bar.state_dict())
        decoder.bar.load_state_dict(bar_decoder.bar.state_dict())
    except RuntimeError as error:
        raise TrainingError(
            f"The bar networks of the two models differ: {str(error).splitlines()[-1].strip()}"
        ) from error
    bars = phrases.shape[1]
    project = torch.block_diag(*[bar_encoder.project.weight] * bars)
    unfold = torch.block_diag(*[bar_decoder.conductor.unfold.weight] * bars)
    project_bias, unfold_bias = (
        b.repeat(bars) for b in (bar_encoder.project.bias, bar_decoder.conductor.unfold.bias)
    )
    latent, wanted = project.shape[0], encoder.project.out_features
    if wanted < latent:
        center, down, up = _principal(short, phrases, wanted)
        project, project_bias = down @ project, down @ (project_bias - center)
        unfold, unfold_bias = unfold @ up, unfold @ center + unfold_bias
        latent = wanted
    encoder.project.weight[:latent] = project
    encoder.project.bias[:latent] = project_bias
    faders = decoder.conductor.unfold.in_features - encoder.project.out_features
    decoder.conductor.unfold.weight.zero_()
    decoder.conductor.unfold.weight[:, faders : faders + latent] = unfold
    decoder.conductor.unfold.bias.copy_(unfold_bias)


def _principal(
    short: VAE, phrases: Int[Tensor, "phrase bar position"], wanted: int
) -> tuple[Float[Tensor, " z"], Float[Tensor, "wanted z"], Float[Tensor, "z wanted"]]:
    """Principal components of the concatenated bar codes: their mean, the projection and its inverse.

    An axis with signal variance s and noise variance n carries ½ log(1 + s/n) nats. With every coordinate
    divided by its mean posterior deviation, n is 1 along all axes.
    """
    means, variances = [], []
    for rows in phrases.split(512):
        posterior = short.encoder(rows.flatten(0, 1)[:, None])
        means.append(posterior.mean.reshape(len(rows), -1))
        variances.append(posterior.std.square().reshape(len(rows), -1))
    z, noise = torch.cat(means).double(), torch.cat(variances).double().mean(0).sqrt()
    center = z.mean(0)
    signal, axes = torch.linalg.eigh(((z - center) / noise).t().cov(correction=0))
    signal, axes = signal.flip(0)[:wanted].clamp(min=0), axes.flip(1)[:, :wanted]
    scale = (signal + 1).sqrt()
    down, up = (axes / noise[:, None] / scale).t(), axes * noise[:, None] * scale
    return center.float(), down.float(), up.float()
