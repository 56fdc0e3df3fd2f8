"""A synthesized spectrum: harmonics as complex numbers, noise as levels."""

from typing import NamedTuple

import torch
from jaxtyping import Complex, Float
from torch import Tensor


class Spectrum(NamedTuple):
    """Frames of a sound before the inverse transform."""

    tones: Complex[Tensor, "batch frame bin"]
    """Filtered sources of all lanes."""
    log_noise: Float[Tensor, "batch frame bin"]
    """Level of the noise; natural logarithm."""

    def plus(self, other: "Spectrum") -> "Spectrum":
        """Sum of two spectra; noises add in power."""
        return Spectrum(
            self.tones + other.tones, 0.5 * torch.logaddexp(2 * self.log_noise, 2 * other.log_noise)
        )

    def log_magnitude(self, floor: float) -> Float[Tensor, "batch frame bin"]:
        """Log magnitude of tones and noise as independent signals, at least that of ``floor``."""
        power = torch.view_as_real(self.tones).square().sum(-1) + (2 * self.log_noise).exp()
        return 0.5 * power.clamp(min=floor * floor).log()
