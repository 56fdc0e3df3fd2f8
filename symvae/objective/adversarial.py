"""Adversarial losses of a generator and its discriminators.

The hinge loss (Lim and Ye 2017, arXiv 1705.02894) and the feature matching loss (Larsen et al. 2016, arXiv
1512.09300; relative, as in EnCodec, arXiv 2210.13438). Each is averaged over the discriminators, so that
their number changes no weight.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def discriminator_loss(real: Sequence[Tensor], generated: Sequence[Tensor]) -> Float[Tensor, ""]:
    """Hinge loss of the discriminators: logits of real sound above 1, of generated sound below −1."""
    each = [
        functional.relu(1 - of_real).mean() + functional.relu(1 + of_generated).mean()
        for of_real, of_generated in zip(real, generated, strict=True)
    ]
    return torch.stack(each).mean()


def generator_loss(generated: Sequence[Tensor]) -> Float[Tensor, ""]:
    """Hinge loss of the generator: high logits of its sound."""
    return -torch.stack([logits.mean() for logits in generated]).mean()


def matching_loss(
    real: Sequence[Sequence[Tensor]], generated: Sequence[Sequence[Tensor]]
) -> Float[Tensor, ""]:
    """Mean absolute distance of features, relative to the mean magnitude of the real ones in each layer."""
    each = [
        (of_generated - of_real).abs().mean() / of_real.abs().mean().clamp(min=1e-6)
        for real_layers, generated_layers in zip(real, generated, strict=True)
        for of_real, of_generated in zip(real_layers, generated_layers, strict=True)
    ]
    return torch.stack(each).mean()
