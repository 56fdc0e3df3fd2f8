"""Draws of a drum machine: latents of classes from its prior, none of them one of the training sounds."""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.known_sounds import KnownSounds, coarse_levels

#: Most draws for a sound that is none of the training sounds.
TRIES = 8
_AT_ONCE = 32


class DrumDraws:
    """Prior of a drum machine, and the sounds that it shall not repeat.

    Args:
        network: Decodes draws.
        prior: Flow over z given the class.
        known: The training sounds; None where they are not known.
        steps: Steps in which noise becomes z.
    """

    def __init__(self, network: DrumVAE, prior: FlowPrior, known: KnownSounds | None, *, steps: int) -> None:
        self.network, self.prior, self.known, self.steps = network, prior, known, steps

    @torch.inference_mode()
    def latents(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float
    ) -> Float[Tensor, "batch latent"]:
        """Draw latents; one whose sound is known is drawn again, and after `TRIES` draws the farthest stays.

        Args:
            classes: Weights of the classes of each sound.
            generator: Source of the draws.
            temperature: Scale of the prior's noise; at 0 there is nothing to draw again.

        Returns:
            The latents.
        """
        z = self._sample(classes, generator, temperature)
        if self.known is None or temperature == 0:
            return z
        distance = self.distance(z, classes)
        for _ in range(TRIES - 1):
            near = (distance < self.known.least).nonzero()[:, 0]
            if not len(near):
                break
            other = self._sample(classes[near], generator, temperature)
            farther = self.distance(other, classes[near])
            better = farther > distance[near]
            z[near[better]], distance[near[better]] = other[better], farther[better]
        return z

    @torch.inference_mode()
    def distance(
        self, z: Float[Tensor, "batch latent"], classes: Float[Tensor, "batch class"]
    ) -> Float[Tensor, " batch"]:
        """Distance of the sounds of latents from the nearest training sound, in nepers.

        Args:
            z: Latents.
            classes: Weights of the classes of each.

        Returns:
            The distances; infinite where no training sounds are known.
        """
        if self.known is None:
            return torch.full((len(z),), torch.inf)
        pieces = zip(z.split(_AT_ONCE), classes.split(_AT_ONCE), strict=True)
        coarse = [coarse_levels(self.network, self.network.decode(some, each)) for some, each in pieces]
        return self.known.distance(torch.cat(coarse))

    def _sample(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float
    ) -> Float[Tensor, "batch latent"]:
        return self.prior.sample(len(classes), generator, temperature, attributes=classes, steps=self.steps)
