"""Place of a sound in the latent space of a drum machine."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.models.oneshot.drum_vae import DrumVAE

#: Price of a nat in the choice of a class, in nepers.
_NAT = 2e-3


@torch.inference_mode()
def place(
    network: DrumVAE, wave: Float[Tensor, " sample"], drums: Sequence[int]
) -> tuple[Float[Tensor, " latent"], int]:
    """Encode a sound in the class in which it is reconstructed best.

    Args:
        network: The networks.
        wave: The sound.
        drums: Numbers of the classes to choose among.

    Returns:
        Mean of the posterior, and the number of the class.
    """
    levels = network.levels(wave[None])
    every = torch.eye(network.classes)
    places = []
    for number in drums:
        classes = every[number][None]
        posterior = network.encode(levels, classes)
        distance = (network.decode(posterior.mean, classes) - levels).abs().mean()
        price = float(distance) + _NAT * float(posterior.kl_nats().sum())
        places.append((price, number, posterior.mean[0]))
    _, best, z = min(places, key=lambda found: found[:2])
    return z, best
