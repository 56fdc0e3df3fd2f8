"""A longer model from a shorter one: the bar stays what it was, z starts from the bars' codes.

The encoder's projection is linear, so it can start as any linear map of trained bar codes. Where z
has room for all of them it is a copy (block by block). Where it has not, it is their principal
components, each coordinate measured in units of its own uncertainty so that those are kept which say
most; they are scaled to unit variance as the prior expects, and the conductor starts as the inverse.
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
    """Start ``long`` from the one-bar model ``short``; ``phrases`` (thousands) show which codes occur.

    Raises `TrainingError` when the two do not share their bar networks' sizes.
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
            "A model grows from a one-bar model only if both are hierarchical; train this one from nothing."
        )
    try:
        encoder.bar.load_state_dict(bar_encoder.bar.state_dict())
        decoder.bar.load_state_dict(bar_decoder.bar.state_dict())
    except RuntimeError as error:
        raise TrainingError(
            f"The two models' bars have different sizes: {str(error).splitlines()[-1].strip()}"
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
    """The center of the bars' z side by side, the way down to ``wanted`` coordinates and the way back up.

    With noise n and signal s along an axis, both as variances, the axis says ½ log(1 + s/n) nats. Where
    every coordinate is divided by its posterior's mean deviation, n is 1 along all axes alike.
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
