"""Losses that tie coordinates of z to attributes of the phrase.

    value       the coordinate is the calibrated position of the attribute, standard normal over the training
                phrases, so that a value determines the coordinate
    attribute   the coordinate is the attribute itself, standardized (the plain baseline)
    sign        of two phrases, the one with more of the attribute has the higher coordinate: AR-VAE (Pati
                and Lerch 2020, arXiv 2004.05485); this fixes the order and no value
    glsr        a step along the coordinate is a step of the attribute of the decoded phrase: geodesic latent
                space regularization (Hadjeres et al. 2017, arXiv 1707.04588)
    condition   the decoder is conditioned on the position beside z: a conditional VAE (Sohn et al. 2015); the
                coordinate is not drawn, it predicts the position of encoded phrases
    adversarial the same, and z must not predict the position: Fader Networks (Lample et al. 2017, arXiv
                1706.00409)

The first three apply to the drawn coordinate, as AR-VAE's code does: if only its mean is tied, the KL
divergence buries it in noise, and the decoder ignores it.

Each is in nats per phrase per unit; all are functions of whole batches and know no music. The last three
are only in part functions of a batch: the training step combines them, with a critic for GLSR and the
adversary (`symvae.models.faders.critic`).
"""

import torch
from jaxtyping import Float
from torch import Tensor

#: Slope of AR-VAE's tanh over the difference of two coordinates.
SIGN_SHARPNESS = 10.0


def squared(z: Float[Tensor, "batch fader"], target: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """Squared distance summed over faders, mean over the batch."""
    return (z - target).square().sum(-1).mean()


def geodesic(slope: Float[Tensor, " batch"], faders: int) -> Float[Tensor, ""]:
    """Loss of GLSR: squared distance from 1 of an attribute's slope along its coordinate, summed over faders.

    ``slope`` is that of one random fader for each phrase. Hadjeres et al. use the log density of a normal
    variable; a weight w corresponds to a variance of 1 / 2w. Pati and Lerch's code has a target of 100 for
    differences over .002; here coordinates and positions have the same unit, and the target is 1.
    """
    return faders * (slope - 1).square().mean()


def confusion_loss(prediction: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """Loss of the encoder against a critic: variance of the positions that it predicts from z, out of 1.

    Lample et al. have binary attributes and reward a prediction of the opposite. For numbers, the best
    prediction from an uninformative z is their mean, 0.
    """
    return prediction.square().sum(-1).mean()


def sign(z: Float[Tensor, "batch fader"], attribute: Float[Tensor, "batch fader"]) -> Float[Tensor, ""]:
    """Loss of AR-VAE: mean distance of tanh(z_i − z_j) to sign(a_i − a_j), summed over faders."""
    higher = torch.tanh(SIGN_SHARPNESS * (z[:, None] - z[None]))
    target = torch.sign(attribute[:, None] - attribute[None])
    return (higher - target).abs().mean((0, 1)).sum()
