"""What ties a coordinate of z to an attribute of the phrase.

    value       the coordinate is the attribute's calibrated position, standard normal over the training
                phrases: asked for a value, one knows where to go
    attribute   the coordinate is the attribute itself, standardized (the plain baseline)
    sign        of two phrases, the one with more of the attribute lies higher: AR-VAE (Pati and Lerch
                2020, arXiv 2004.05485); it fixes the order and no value
    glsr        a step along the coordinate is a step of the attribute, in what is decoded: geodesic latent
                space regularization (Hadjeres et al. 2017, arXiv 1707.04588)
    condition   the decoder is given the position beside z, a conditional VAE (Sohn et al. 2015); its
                coordinate is not drawn, it learns to read the position of phrases that are encoded
    adversarial the same, and z may not tell the position: Fader Networks (Lample et al. 2017, arXiv
                1706.00409)

The first three look at the coordinate as it was drawn, as AR-VAE's code does: tied by its mean alone, the
divergence lets it drown in noise, and the decoder does not listen to it.

Each gives nats per phrase per unit; all work on whole batches and know no music. The last three are
only in part functions of a batch: `symvae.training.tasks.phrase_loss` puts them together, with a critic for GLSR and the
adversary (`symvae.models.faders.critic`).
"""

import torch
from jaxtyping import Float
from torch import Tensor

#: How steeply AR-VAE's tanh tells which of two coordinates is the higher.
SIGN_SHARPNESS = 10.0


def squared(z: Float[Tensor, "batch fader"], wanted: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """Mean over the batch of the squared distance, summed over faders."""
    return (z - wanted).square().sum(-1).mean()


def geodesic(slope: Float[Tensor, " batch"], faders: int) -> Float[Tensor, ""]:
    """GLSR's loss: squared distance of an attribute's slope along its coordinate from 1, summed over faders.

    ``slope`` is that of one fader of each phrase, drawn by lot. Hadjeres et al. take the log density of
    a normal variable; a weight w says that its variance is 1 / 2w. Pati and Lerch's code wants a slope of 100
    from differences over .002; here coordinates and positions have one unit, and 1 is natural.
    """
    return faders * (slope - 1).square().mean()


def confusion_loss(reading: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """The adversary's loss: what a critic's reading of z explains of the positions, whose variance is 1.

    Lample et al. have attributes that are there or not, and reward z for being read as the opposite. For
    numbers the best reading of what tells nothing is their mean, 0.
    """
    return reading.square().sum(-1).mean()


def sign(z: Float[Tensor, "batch fader"], attribute: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """AR-VAE's loss: the mean distance of tanh(z_i − z_j) to sign(a_i − a_j), summed over faders."""
    higher = torch.tanh(SIGN_SHARPNESS * (z[:, None] - z[None]))
    wanted = torch.sign(attribute[:, None] - attribute[None])
    return (higher - wanted).abs().mean((0, 1)).sum()
