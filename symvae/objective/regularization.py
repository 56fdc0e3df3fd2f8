"""What ties a coordinate of z to an attribute of the phrase.

    value       the coordinate is the attribute's calibrated position, standard normal over the training
                phrases: asked for a value, one knows where to go
    attribute   the coordinate is the attribute itself, standardised (the plain baseline)
    sign        of two phrases, the one with more of the attribute lies higher: AR-VAE (Pati and Lerch
                2020, arXiv 2004.05485); it fixes the order and no value

Each gives nats per phrase per unit; all work on whole batches and know no music.
"""

import torch
from jaxtyping import Float
from torch import Tensor

#: How steeply AR-VAE's tanh tells which of two coordinates is the higher.
SIGN_SHARPNESS = 10.0


def squared(z: Float[Tensor, "batch fader"], wanted: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """Mean over the batch of the squared distance, summed over faders."""
    return (z - wanted).square().sum(-1).mean()


def sign(z: Float[Tensor, "batch fader"], attribute: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """AR-VAE's loss: the mean distance of tanh(z_i − z_j) to sign(a_i − a_j), summed over faders."""
    higher = torch.tanh(SIGN_SHARPNESS * (z[:, None] - z[None]))
    wanted = torch.sign(attribute[:, None] - attribute[None])
    return (higher - wanted).abs().mean((0, 1)).sum()
