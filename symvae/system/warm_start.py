"""Warm start of a longer model from a one-bar model: the bar networks are copied, z starts from bar codes.

The encoder's projection is linear, so it can start as any linear map of trained bar codes: a block-diagonal
copy where z has room for all codes, else their principal components. For these each coordinate is divided by
its posterior deviation, so that the components with most information are kept; they are scaled to unit
variance as the prior expects, and the conductor starts as the inverse map. Where each part of the music has
coordinates of z of its own, they are the principal components of that part's codes.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import TrainingError
from symvae.models.phrase.code_map import CodeMap
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.encoder import BidirectionalEncoder
from symvae.models.phrase.vae import VAE
from symvae.nn.block_linear import BlockLinear

#: Phrases in one pass of the one-bar model.
_BATCH = 512
#: Directions of codes with less than this share of the largest variance predict nothing.
_FLAT = 1e-6


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
    project, unfold = encoder.project, decoder.conductor.unfold
    if isinstance(project, BlockLinear) and isinstance(unfold, BlockLinear):
        _start_parts(bar_encoder, bar_decoder, project, unfold, phrases)
    else:
        _start_together(short, bar_encoder, bar_decoder, project, unfold, phrases)


def _start_together(
    short: VAE,
    bar_encoder: BidirectionalEncoder,
    bar_decoder: HierarchicalDecoder,
    to_latent: CodeMap,
    to_codes: CodeMap,
    phrases: Int[Tensor, "phrase bar position"],
) -> None:
    """Start z from the z of all bars, or as many of their principal components as it has room for."""
    bars = phrases.shape[1]
    project = torch.block_diag(*[bar_encoder.project.weight] * bars)
    unfold = torch.block_diag(*[bar_decoder.conductor.unfold.weight] * bars)
    project_bias, unfold_bias = (
        b.repeat(bars) for b in (bar_encoder.project.bias, bar_decoder.conductor.unfold.bias)
    )
    latent, wanted = project.shape[0], to_latent.out_features
    if wanted < latent:
        means, variances = [], []
        for rows in phrases.split(_BATCH):
            posterior = short.encoder(rows.flatten(0, 1)[:, None])
            means.append(posterior.mean.reshape(len(rows), -1))
            variances.append(posterior.std.square().reshape(len(rows), -1))
        center, down, up = _principal(torch.cat(means), torch.cat(variances), wanted)
        project, project_bias = down @ project, down @ (project_bias - center)
        unfold, unfold_bias = unfold @ up, unfold @ center + unfold_bias
        latent = wanted
    to_latent.weight[:latent] = project
    to_latent.bias[:latent] = project_bias
    faders = to_codes.in_features - to_latent.out_features
    to_codes.weight.zero_()
    to_codes.weight[:, faders : faders + latent] = unfold
    to_codes.bias.copy_(unfold_bias)


def _start_parts(
    bar_encoder: BidirectionalEncoder,
    bar_decoder: HierarchicalDecoder,
    to_latent: BlockLinear,
    to_codes: BlockLinear,
    phrases: Int[Tensor, "phrase bar position"],
) -> None:
    """Start each part's share of z from the principal components of its codes, as many as there is room for.

    The one-bar model may mix the parts in its z. Its embeddings of a part are linear in the codes of all
    parts; here they are predicted from the part's own codes by least squares.
    """
    means, variances = [], []
    for rows in phrases.split(_BATCH):
        codes = bar_encoder.bar(rows)
        means.append(codes.mean)
        variances.append((2 * codes.log_std).exp())
    mean, variance = torch.cat(means), torch.cat(variances)
    first = bar_encoder.project
    embedding = bar_decoder.conductor.unfold(first(mean))
    within = bar_decoder.conductor.unfold.weight @ first.weight
    bars = phrases.shape[1]
    for part, (down_block, up_block) in enumerate(zip(to_latent.blocks, to_codes.blocks, strict=True)):
        # The codes of the first bar are the first inputs of each block.
        own = to_latent.inputs(part)[: down_block.shape[1] // bars]
        one_bar, bias = _own_share(mean[..., own], embedding[..., own], within[own][:, own])
        center, down, up = _principal(
            mean[..., own].flatten(1), variance[..., own].flatten(1), len(down_block)
        )
        kept = len(down)
        down_block[:kept] = down
        to_latent.bias[to_latent.outputs(part)[:kept]] = -down @ center
        every_bar = torch.block_diag(*[one_bar] * bars)
        up_block.zero_()
        up_block[:, :kept] = every_bar @ up
        to_codes.bias[to_codes.outputs(part)] = every_bar @ center + bias.repeat(bars)


def _own_share(
    code: Float[Tensor, "phrase bar code"],
    embedding: Float[Tensor, "phrase bar code"],
    within: Float[Tensor, "code code"],
) -> tuple[Float[Tensor, "code code"], Float[Tensor, " code"]]:
    """Linear map and bias from the codes of a part to its embeddings.

    Args:
        code: of the part alone.
        embedding: of the part, from the codes of all parts.
        within: the share of the part's own codes in it; the rest is predicted from them.
    """
    rows = code.flatten(0, 1).double()
    rest = embedding.flatten(0, 1).double() - rows @ within.double().t()
    center, mean = rows.mean(0), rest.mean(0)
    rows, rest = rows - center, rest - mean
    predicted = (torch.linalg.pinv(rows.t() @ rows, rtol=_FLAT, hermitian=True) @ (rows.t() @ rest)).t()
    return (within + predicted).float(), (mean - predicted @ center).float()


class _Components(NamedTuple):
    """Principal components of codes: their mean, the projection and its inverse."""

    center: Float[Tensor, " code"]
    down: Float[Tensor, "kept code"]
    up: Float[Tensor, "code kept"]


def _principal(
    mean: Float[Tensor, "phrase code"], variance: Float[Tensor, "phrase code"], most: int
) -> _Components:
    """Principal components of the codes of phrases by information, at most as many as asked for.

    An axis with signal variance s and noise variance n carries ½ log(1 + s/n) nats. With every coordinate
    divided by its mean posterior deviation, n is 1 along all axes.
    """
    codes, noise = mean.double(), variance.double().mean(0).sqrt()
    center = codes.mean(0)
    signal, axes = torch.linalg.eigh(((codes - center) / noise).t().cov(correction=0))
    signal, axes = signal.flip(0)[:most].clamp(min=0), axes.flip(1)[:, :most]
    scale = (signal + 1).sqrt()
    down, up = (axes / noise[:, None] / scale).t(), axes * noise[:, None] * scale
    return _Components(center.float(), down.float(), up.float())
