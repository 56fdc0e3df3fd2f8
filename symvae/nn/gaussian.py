"""Diagonal Gaussian: samples, density, and KL divergence from the standard normal prior.

Kingma and Welling, "Auto-Encoding Variational Bayes", 2014 (arXiv 1312.6114), appendix B.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class DiagonalGaussian:
    """Batch of Gaussians with independent coordinates."""

    mean: Float[Tensor, "batch latent"]
    log_std: Float[Tensor, "batch latent"]

    @property
    def std(self) -> Float[Tensor, "batch latent"]:
        """Standard deviations."""
        return self.log_std.exp()

    def without(self, first: int) -> "DiagonalGaussian":
        """Return the marginal over all but the ``first`` coordinates."""
        return DiagonalGaussian(self.mean[:, first:], self.log_std[:, first:])

    def sample(
        self, generator: torch.Generator | None = None, temperature: float = 1.0
    ) -> Float[Tensor, "batch latent"]:
        """Sample each row (reparametrization trick); ``temperature`` scales the deviation, 0 is the mean."""
        noise = torch.randn(
            self.mean.shape, generator=generator, dtype=self.mean.dtype, device=self.mean.device
        )
        return self.mean + temperature * self.std * noise

    def kl_nats(self) -> Float[Tensor, "batch latent"]:
        """KL divergence from the standard normal prior by coordinate, in nats; 0 or more."""
        return 0.5 * (self.mean.square() + (2 * self.log_std).exp() - 1) - self.log_std

    def log_prob(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, " batch"]:
        """Log density of each row of ``z``, in nats."""
        normalized = (z - self.mean) / self.std
        return (-0.5 * (normalized.square() + math.log(2 * math.pi)) - self.log_std).sum(-1)
