"""What discriminators and the one they judge want of each other.

The hinge loss (Lim and Ye 2017, arXiv 1705.02894) and the distance between what discriminators see in the real
and the made (Larsen et al. 2016, arXiv 1512.09300; relative, as in EnCodec, arXiv 2210.13438). Each is
averaged over the discriminators, so that their number changes no weight.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def discriminator_loss(real: Sequence[Tensor], made: Sequence[Tensor]) -> Float[Tensor, ""]:
    """Logits of the real should be above 1 and those of the made below −1."""
    each = [
        functional.relu(1 - true).mean() + functional.relu(1 + false).mean()
        for true, false in zip(real, made, strict=True)
    ]
    return torch.stack(each).mean()


def generator_loss(made: Sequence[Tensor]) -> Float[Tensor, ""]:
    """Logits of the made should be high."""
    return -torch.stack([logits.mean() for logits in made]).mean()


def matching_loss(real: Sequence[Sequence[Tensor]], made: Sequence[Sequence[Tensor]]) -> Float[Tensor, ""]:
    """Mean distance of features, layer by layer, in units of the real ones' own mean size."""
    each = [
        (false - true).abs().mean() / true.abs().mean().clamp(min=1e-6)
        for judge, judged in zip(real, made, strict=True)
        for true, false in zip(judge, judged, strict=True)
    ]
    return torch.stack(each).mean()
