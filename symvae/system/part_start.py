"""Warm start of one part of a one-bar model of several parts from a one-bar model of that part's music.

The part's bar networks are copied, and its share of z becomes the other model's z: the projection and the
unfolding of a one-bar model are linear, so the parts stand side by side in z, each in its own coordinates.
"""

import torch
from torch import Tensor

from symvae.errors import TrainingError
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.encoder import BidirectionalEncoder
from symvae.models.phrase.part_bar_decoder import PartBarDecoder
from symvae.models.phrase.part_bar_encoder import PartBarEncoder
from symvae.models.phrase.vae import VAE


@torch.no_grad()
def start_part(short: VAE, whole: VAE, part: int) -> None:
    """Initialize one part of a one-bar model, in place; the z of the others stays apart from it.

    Args:
        short: the trained one-bar model of the part's music.
        whole: the one-bar model of all parts.
        part: number of the part.

    Raises:
        TrainingError: a model has other networks or sizes.
    """
    encoder, decoder = whole.encoder, whole.decoder
    own_encoder, own_decoder = short.encoder, short.decoder
    if not (
        isinstance(encoder, BidirectionalEncoder)
        and isinstance(decoder, HierarchicalDecoder)
        and isinstance(encoder.bar, PartBarEncoder)
        and isinstance(decoder.bar, PartBarDecoder)
        and isinstance(own_encoder, BidirectionalEncoder)
        and isinstance(own_decoder, HierarchicalDecoder)
    ):
        raise TrainingError(
            "Only a hierarchical one-bar model can start a part. Train this one from scratch."
        )
    try:
        for target, source in (
            (encoder.bar.parts[part], own_encoder.bar),
            (decoder.bar.parts[part], own_decoder.bar),
        ):
            target.load_state_dict(_fitting(source.state_dict(), target.state_dict()))
    except RuntimeError as error:
        raise TrainingError(
            f"The bar networks of the two models differ: {str(error).splitlines()[-1].strip()}"
        ) from error
    sizes = encoder.bar.code_sizes
    first = sum(sizes[:part])
    columns = slice(first, first + sizes[part])
    latent = encoder.project.out_features
    if latent != sum(sizes) or own_encoder.project.out_features != sizes[part]:
        raise TrainingError(
            f"A part starts where z has as many coordinates as the codes, and here are {latent} for "
            f"{sum(sizes)}. Set model.latent_size to model.code_size."
        )
    _side_by_side(encoder.project.weight, columns, own_encoder.project.weight)
    _side_by_side(decoder.conductor.unfold.weight, columns, own_decoder.conductor.unfold.weight)
    encoder.project.bias[columns] = own_encoder.project.bias
    decoder.conductor.unfold.bias[columns] = own_decoder.conductor.unfold.bias


def _fitting(state: dict[str, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights over sets of elements without the first element, where the part does not know it.

    It is the mark of triplet bars, which drums of an arrangement do not have: rows of elements lose the
    first, and of rows of sets those without it stay.
    """
    fitted = dict(state)
    for name, value in state.items():
        if name not in wanted or value.shape == wanted[name].shape:
            continue
        rows, own = len(value), len(wanted[name])
        if rows == own + 1:
            fitted[name] = value[1:]
        elif rows == 2 * own:
            fitted[name] = value[::2]
    return fitted


def _side_by_side(weight: Tensor, block: slice, own: Tensor) -> None:
    """A block of its own for one part, and the identity for the rest."""
    rest = [i for i in range(len(weight)) if not block.start <= i < block.stop]
    weight.zero_()
    weight[block, block] = own
    weight[torch.tensor(rest), torch.tensor(rest)] = 1.0
