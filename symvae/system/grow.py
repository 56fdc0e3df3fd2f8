"""A longer model from a shorter one: the bar stays what it was, z starts from the bars' codes.

The encoder's projection is linear, so it can start as any linear map of trained bar codes. Where z
has room for all of them it is a copy (block by block); where it has not, it is their principal
components, scaled to unit variance as the prior expects, and the conductor starts as the inverse.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.errors import TrainingError
from symvae.models.conductor import HierarchicalDecoder
from symvae.models.encoder import BidirectionalEncoder
from symvae.models.vae import VAE


@torch.no_grad()
def grow(short: VAE, long: VAE, phrases: Int[Tensor, "phrase bar position"]) -> None:
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
        codes = torch.cat([_mean_codes(encoder, rows) for rows in phrases.split(512)])
        z = codes @ project.t() + project_bias
        centre = z.mean(0)
        _, deviation, axes = torch.linalg.svd(z - centre, full_matrices=False)
        scale = (deviation[:wanted] / len(z) ** 0.5).clamp(min=0.05)
        down, up = axes[:wanted] / scale[:, None], axes[:wanted].t() * scale
        project, project_bias = down @ project, down @ (project_bias - centre)
        unfold, unfold_bias = unfold @ up, unfold @ centre + unfold_bias
        latent = wanted
    encoder.project.weight[:latent] = project
    encoder.project.bias[:latent] = project_bias
    decoder.conductor.unfold.weight.zero_()
    decoder.conductor.unfold.weight[:, :latent] = unfold
    decoder.conductor.unfold.bias.copy_(unfold_bias)


def _mean_codes(
    encoder: BidirectionalEncoder, ids: Int[Tensor, "batch bar position"]
) -> Float[Tensor, "batch codes"]:
    return encoder.bar(ids).mean.flatten(1)
