"""What to draw z from when there is no music to encode.

Training pulls the posteriors towards the standard normal but never makes them fill it, so draws from
it fall into places that no phrase maps to. A mixture of Gaussians fitted to the posteriors of the
training music draws from where phrases are (ex-post density estimation: Ghosh et al. 2020, "From
Variational to Deterministic Autoencoders", arXiv 1903.12436).
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.errors import LatentError


@dataclass(frozen=True)
class MixturePrior:
    """A mixture of full-covariance Gaussians over z."""

    weight: Float[Tensor, " component"]
    mean: Float[Tensor, "component latent"]
    cholesky: Float[Tensor, "component latent latent"]

    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draws; ``temperature`` scales the deviation from each component's mean."""
        component = torch.multinomial(self.weight.float(), count, replacement=True, generator=generator)
        noise = torch.randn((count, self.mean.shape[1]), generator=generator)
        spread = torch.einsum("nij,nj->ni", self.cholesky.float()[component], noise)
        return self.mean.float()[component] + temperature * spread

    def log_prob(self, z: Float[Tensor, "batch latent"]) -> Float[Tensor, " batch"]:
        """Log density of ``z``, in nats."""
        parts = [
            _log_normal(z, mean, cholesky)
            for mean, cholesky in zip(self.mean.float(), self.cholesky.float(), strict=True)
        ]
        constant = 0.5 * math.log(2 * math.pi) * self.mean.shape[1]
        return (torch.stack(parts, dim=1) + self.weight.float().log()).logsumexp(1) - constant


def fit_mixture(
    z: Float[Tensor, "phrase latent"], components: int, generator: torch.Generator, iterations: int = 30
) -> MixturePrior:
    """Expectation maximisation from a k-means start, each covariance shrunk a little towards its diagonal.

    Raises `LatentError` when there are fewer than ten phrases a component.
    """
    count, latent = z.shape
    if count < 10 * components:
        raise LatentError(f"{count} phrases are too few for a mixture of {components}; use fewer components.")
    z = z.double()
    responsibility = _nearest(z, components, generator)
    ridge = 1e-3 * z.var(0).mean() * torch.eye(latent, dtype=z.dtype)
    for _ in range(iterations):
        total = responsibility.sum(0) + 1e-6
        mean = (responsibility.t() @ z) / total[:, None]
        cholesky = torch.stack(
            [
                torch.linalg.cholesky(_covariance(z, mean[k], responsibility[:, k] / total[k]) + ridge)
                for k in range(components)
            ]
        )
        weight = total / total.sum()
        log_density = torch.stack([_log_normal(z, mean[k], cholesky[k]) for k in range(components)], dim=1)
        responsibility = (log_density + weight.log()).softmax(dim=1)
    return MixturePrior(weight.float(), mean.float(), cholesky.float())


def _covariance(z: Tensor, mean: Tensor, weight: Tensor, shrink: float = 0.05) -> Tensor:
    centred = z - mean
    covariance = centred.t() @ (weight[:, None] * centred)
    return (1 - shrink) * covariance + shrink * torch.diag(covariance.diagonal())


def _log_normal(z: Tensor, mean: Tensor, cholesky: Tensor) -> Tensor:
    white = torch.linalg.solve_triangular(cholesky, (z - mean).t(), upper=False)
    return -0.5 * white.square().sum(0) - cholesky.diagonal().log().sum()


def _nearest(z: Tensor, components: int, generator: torch.Generator) -> Tensor:
    centres = z[torch.randperm(len(z), generator=generator)[:components]]
    for _ in range(10):
        nearest = torch.cdist(z, centres).argmin(1)
        one_hot = torch.nn.functional.one_hot(nearest, components).to(z.dtype)
        centres = (one_hot.t() @ z) / (one_hot.sum(0)[:, None] + 1e-9)
    return one_hot
