"""Draws of a drum machine: latents of classes from its prior, none of them one of the training sounds."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.known_sounds import KnownSounds, coarse_levels

#: Most draws for a sound that is none of the training sounds.
TRIES = 8
_AT_ONCE = 32


class DrumDraw(NamedTuple):
    """Drawn sounds."""

    z: Float[Tensor, "batch latent"]
    levels: Float[Tensor, "batch frame bin"]
    """Log magnitudes that z decodes to."""


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
    def draw(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float
    ) -> DrumDraw:
        """Draw sounds; one that is known is drawn again, and after `TRIES` draws the farthest stays.

        Args:
            classes: Weights of the classes of each sound.
            generator: Source of the draws.
            temperature: Scale of the prior's noise; at 0 there is nothing to draw again.

        Returns:
            The draws.
        """
        z = self._sample(classes, generator, temperature)
        levels = self._decode(z, classes)
        if self.known is None or temperature == 0:
            return DrumDraw(z, levels)
        distance = self.known.distance(coarse_levels(self.network, levels))
        for _ in range(TRIES - 1):
            near = (distance < self.known.least).nonzero()[:, 0]
            if not len(near):
                break
            other = self._sample(classes[near], generator, temperature)
            made = self._decode(other, classes[near])
            farther = self.known.distance(coarse_levels(self.network, made))
            better = farther > distance[near]
            taken = near[better]
            z[taken], levels[taken], distance[taken] = other[better], made[better], farther[better]
        return DrumDraw(z, levels)

    def _sample(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float
    ) -> Float[Tensor, "batch latent"]:
        return self.prior.sample(len(classes), generator, temperature, attributes=classes, steps=self.steps)

    def _decode(
        self, z: Float[Tensor, "batch latent"], classes: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch frame bin"]:
        pieces = zip(z.split(_AT_ONCE), classes.split(_AT_ONCE), strict=True)
        return torch.cat([self.network.decode(some, each) for some, each in pieces])
