"""The short-time Fourier transform as the whole of symvae uses it, and the way back without phases.

Frame k is centred on sample k·hop, and what lies outside the signal is silence; so a signal of n
samples has 1 + n // hop frames, and a frame depends on half a window to each side. With a Hann window
and a hop of a quarter of it the inverse is exact.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Stft:
    """A transform of ``size`` samples a frame, one frame every ``hop`` samples."""

    size: int = 1024
    hop: int = 256

    @property
    def bins(self) -> int:
        """Frequencies of a frame, from 0 to half the sample rate."""
        return self.size // 2 + 1

    def frames(self, samples: int) -> int:
        """Frames of a signal of so many samples."""
        return 1 + samples // self.hop

    def __call__(self, wave: Float[Tensor, "batch sample"]) -> Complex[Tensor, "batch frame bin"]:
        """The spectrum of each signal."""
        return torch.stft(
            wave,
            self.size,
            self.hop,
            window=self._window(wave),
            center=True,
            pad_mode="constant",
            return_complex=True,
        ).transpose(1, 2)

    def inverse(
        self, spectrum: Complex[Tensor, "batch frame bin"], samples: int
    ) -> Float[Tensor, "batch sample"]:
        """The signal of so many samples whose spectrum is nearest to ``spectrum``."""
        return torch.istft(
            spectrum.transpose(1, 2),
            self.size,
            self.hop,
            window=self._window(spectrum.real),
            center=True,
            length=samples,
        )

    def _window(self, like: Tensor) -> Float[Tensor, " size"]:
        return torch.hann_window(self.size, dtype=like.dtype, device=like.device)


def unit(spectrum: Complex[Tensor, "*any"], least: float = 1e-9) -> Complex[Tensor, "*any"]:
    """The phases alone: magnitude 1 wherever there is anything, and near 0 where there is nothing."""
    return spectrum / spectrum.abs().clamp(min=least)


def griffin_lim(
    magnitude: Float[Tensor, "batch frame bin"],
    stft: Stft,
    samples: int,
    *,
    phase: Complex[Tensor, "batch frame bin"] | None = None,
    iterations: int = 32,
    momentum: float = 0.99,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "batch sample"]:
    """A signal with these magnitudes, by turns of inverse and forward transform.

    Griffin and Lim 1984, with the momentum of Perraudin et al. 2013. It starts from ``phase`` (of
    magnitude 1), or from chance where none is known.
    """
    if phase is None:
        turn = torch.rand(magnitude.shape, generator=generator, device=magnitude.device)
        phase = torch.polar(torch.ones_like(magnitude), 2 * torch.pi * turn)
    before = torch.zeros_like(phase)
    for _ in range(iterations):
        rebuilt = stft(stft.inverse(magnitude * phase, samples))
        phase = unit(rebuilt - momentum / (1 + momentum) * before)
        before = rebuilt
    return stft.inverse(magnitude * phase, samples)


def log_magnitude(
    spectrum: Complex[Tensor, "batch frame bin"], floor: float
) -> Float[Tensor, "batch frame bin"]:
    """Natural logarithm of the magnitudes, none of them below ``floor``."""
    # The square root is taken after the logarithm: its slope at 0 is not finite.
    power = torch.view_as_real(spectrum).square().sum(-1)
    return 0.5 * power.clamp(min=floor * floor).log()


def pad_to(wave: Float[Tensor, "batch sample"], samples: int) -> Float[Tensor, "batch to"]:
    """The signal with silence after it, or cut, to so many samples."""
    return functional.pad(wave, (0, samples - wave.shape[-1]))
