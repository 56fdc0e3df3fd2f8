"""Draws of a drum machine: latents of classes from its prior, none of them one of the training sounds."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.known_sounds import KnownSounds, coarse_levels_of

#: Most draws for a sound that is none of the training sounds.
TRIES = 8
_AT_ONCE = 32


class DrumDraw(NamedTuple):
    """Drawn sounds."""

    z: Float[Tensor, "batch latent"]
    magnitudes: Float[Tensor, "batch frame bin"]
    """Magnitudes that z decodes to."""


class DrumDraws:
    """Prior of a drum machine, and the sounds that it shall not repeat.

    Args:
        network: Decodes draws.
        prior: Flow over z given the class.
        known: The training sounds; None where they are not known.
        coarse: Tells what a draw is like before it is decoded; None decodes all draws.
        steps: Steps of the midpoint method in which noise becomes z.
    """

    def __init__(
        self,
        network: DrumVAE,
        prior: FlowPrior,
        known: KnownSounds | None,
        coarse: CoarseDecoder | None = None,
        *,
        steps: int,
    ) -> None:
        self.network, self.prior, self.known, self.coarse, self.steps = network, prior, known, coarse, steps

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
        if self.known is not None and temperature > 0:
            distance = self._distance(self.known, z, classes)
            for _ in range(TRIES - 1):
                near = (distance < self.known.least).nonzero()[:, 0]
                if not len(near):
                    break
                other = self._sample(classes[near], generator, temperature)
                farther = self._distance(self.known, other, classes[near])
                better = farther > distance[near]
                taken = near[better]
                z[taken], distance[taken] = other[better], farther[better]
        return DrumDraw(z, self._decode(z, classes))

    def _sample(
        self, classes: Float[Tensor, "batch class"], generator: torch.Generator, temperature: float
    ) -> Float[Tensor, "batch latent"]:
        return self.prior.sample(
            len(classes), generator, temperature, attributes=classes, steps=self.steps, solver="midpoint"
        )

    def _distance(
        self, known: KnownSounds, z: Float[Tensor, "batch latent"], classes: Float[Tensor, "batch class"]
    ) -> Float[Tensor, " batch"]:
        """Distance from the nearest training sound."""
        if self.coarse is None:
            return known.distance(coarse_levels_of(self._decode(z, classes)))
        return known.distance(self.coarse(z, classes))

    def _decode(
        self, z: Float[Tensor, "batch latent"], classes: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch frame bin"]:
        pieces = zip(z.split(_AT_ONCE), classes.split(_AT_ONCE), strict=True)
        return torch.cat([self.network.magnitudes(self.network.decode(some, each)) for some, each in pieces])
