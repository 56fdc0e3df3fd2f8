"""Principal axes of the posterior means of frames: few of them carry what is heard.

The latent analysis of RAVE (Caillon and Esling 2021, arXiv 2111.05011, section 3.3): a singular value
decomposition of posterior means over a set of sounds. The fidelity of the first axes is their share of the
variance; coordinates that collapsed onto the prior have means near 0 and come last.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class PrincipalAxes(NamedTuple):
    """An orthogonal basis of z, ordered by variance."""

    mean: Float[Tensor, " latent"]
    """Mean of z over the sounds."""
    axes: Float[Tensor, "axis latent"]
    """Unit vectors."""
    std: Float[Tensor, " axis"]
    """Standard deviation along each."""

    @classmethod
    def of(cls, means: Float[Tensor, "frame latent"]) -> "PrincipalAxes":
        """Axes of posterior means; signs are chosen such that the largest entry of an axis is positive."""
        mean = means.mean(0)
        _, scale, axes = torch.linalg.svd((means - mean).double(), full_matrices=False)
        missing = means.shape[1] - len(axes)
        if missing > 0:  # fewer frames than coordinates
            axes = torch.linalg.svd((means - mean).double(), full_matrices=True)[2]
            scale = torch.cat([scale, scale.new_zeros(missing)])
        sign = axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
        std = scale / max(len(means) - 1, 1) ** 0.5
        return cls(mean, (axes * sign).float(), std.float())

    @classmethod
    def of_state(cls, state: dict[str, Tensor], *, latent: int) -> "PrincipalAxes":
        """Axes from a file's tensors; raises ValueError where they are not of ``latent`` coordinates."""
        shapes = {"mean": (latent,), "axes": (latent, latent), "std": (latent,)}
        found = {name: tuple(value.shape) for name, value in state.items()}
        if found != shapes:
            raise ValueError(f"tensors {found} instead of {shapes}")
        return cls(*(state[name].float() for name in cls._fields))

    def state(self) -> dict[str, Tensor]:
        """Tensors for a file."""
        return {name: value.contiguous() for name, value in self._asdict().items()}

    def fidelity(self) -> Float[Tensor, " axis"]:
        """Share of the variance that the first axes carry, for each number of them."""
        variance = self.std.double().square()
        return (variance.cumsum(0) / variance.sum().clamp(min=1e-12)).float()

    def needed(self, fidelity: float) -> int:
        """Number of axes that carry a share of the variance."""
        return min(int((self.fidelity() < fidelity).sum()) + 1, len(self.std))

    def project(self, z: Float[Tensor, "batch latent frame"]) -> Float[Tensor, "batch axis frame"]:
        """Place on each axis, in standard deviations."""
        placed = torch.einsum("al,blf->baf", self.axes, z - self.mean[:, None])
        return placed / self.std[:, None].clamp(min=1e-6)

    def moved(
        self, z: Float[Tensor, "batch latent frame"], by: Float[Tensor, "axis frame_or_1"]
    ) -> Float[Tensor, "batch latent frame"]:
        """Move along axes by standard deviations, for each frame or for all."""
        return z + torch.einsum("al,af->lf", self.axes, by * self.std[:, None])
