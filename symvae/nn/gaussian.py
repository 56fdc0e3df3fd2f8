"""Diagonal Gaussians: the posterior over a latent, its divergence from the prior, its samples.

Kingma and Welling, "Auto-Encoding Variational Bayes", 2014 (arXiv 1312.6114), appendix B.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class DiagonalGaussian:
    """A batch of Gaussians with independent coordinates."""

    mean: Float[Tensor, "batch latent"]
    log_std: Float[Tensor, "batch latent"]

    @property
    def std(self) -> Float[Tensor, "batch latent"]:
        return self.log_std.exp()

    def without(self, first: int) -> "DiagonalGaussian":
        """The others, without so many of the first coordinates."""
        return DiagonalGaussian(self.mean[:, first:], self.log_std[:, first:])

    def sample(
        self, generator: torch.Generator | None = None, temperature: float = 1.0
    ) -> Float[Tensor, "batch latent"]:
        """One draw a row, by the reparametrization trick; ``temperature`` scales the deviation (0: mean)."""
        noise = torch.randn(
            self.mean.shape, generator=generator, dtype=self.mean.dtype, device=self.mean.device
        )
        return self.mean + temperature * self.std * noise

    def kl_nats(self) -> Float[Tensor, "batch latent"]:
        """Divergence from the standard normal prior, in nats, by coordinate; never negative."""
        return 0.5 * (self.mean.square() + (2 * self.log_std).exp() - 1) - self.log_std

    def log_prob(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, " batch"]:
        """Log density of ``z``, in nats."""
        normalized = (z - self.mean) / self.std
        return (-0.5 * (normalized.square() + math.log(2 * math.pi)) - self.log_std).sum(-1)
