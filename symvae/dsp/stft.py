"""Short-time Fourier transform, its inverse, and phase reconstruction.

Frame k is centered on sample k·hop, and the signal is padded with silence; so n samples have 1 + n // hop
frames, and a frame depends on half a window to each side. With a Hann window and a hop of a quarter of its
length the inverse is exact.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Stft:
    """A transform with Hann windows of ``size`` samples, one every ``hop`` samples."""

    size: int = 1024
    hop: int = 256
    """A divisor of ``size``."""

    @property
    def bins(self) -> int:
        """Bins of a frame, from 0 Hz to half the sample rate."""
        return self.size // 2 + 1

    def frames(self, samples: int) -> int:
        """Frames of a signal of ``samples`` samples."""
        return 1 + samples // self.hop

    def __call__(self, wave: Float[Tensor, "batch sample"]) -> Complex[Tensor, "batch frame bin"]:
        """Spectrum of each signal."""
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
        """Signal of ``samples`` samples whose spectrum is nearest to ``spectrum`` (least squares)."""
        frames = torch.fft.irfft(spectrum, self.size).mul_(self._window(spectrum.real))
        wave = self._overlap_add(frames)[:, self.size // 2 :]
        return pad_to(wave.div_(_weight(self, frames.shape[1], wave.dtype, wave.device)), samples)

    def _overlap_add(self, frames: Float[Tensor, "batch frame size"]) -> Float[Tensor, "batch sample"]:
        """Sum of the shifted frames; torch.istft takes three times as long."""
        batch, count, _ = frames.shape
        overlap = self.size // self.hop
        pieces = frames.unflatten(-1, (overlap, self.hop))
        wave = frames.new_zeros(batch, count + overlap - 1, self.hop)
        for shift in range(overlap):
            wave[:, shift : shift + count] += pieces[:, :, shift]
        return wave.flatten(1)

    def _window(self, like: Tensor) -> Float[Tensor, " size"]:
        return _hann(self.size, like.dtype, like.device)


@lru_cache(maxsize=16)
def _hann(size: int, dtype: torch.dtype, device: torch.device) -> Float[Tensor, " size"]:
    with torch.inference_mode(mode=False):  # so that a cached window serves training, too
        return torch.hann_window(size, dtype=dtype, device=device)


@lru_cache(maxsize=64)
def _weight(stft: Stft, frames: int, dtype: torch.dtype, device: torch.device) -> Float[Tensor, "1 sample"]:
    """Sum of the squared windows over each sample, from the middle of the first frame on."""
    with torch.inference_mode(mode=False):
        squared = _hann(stft.size, dtype, device).square().expand(1, frames, -1)
        return stft._overlap_add(squared)[:, stft.size // 2 :].clamp(min=1e-6)


def with_phases_of(
    spectrum: Complex[Tensor, "*any"], magnitude: Float[Tensor, "*any"], least: float = 1e-9
) -> Complex[Tensor, "*any"]:
    """Combine magnitudes with the phases of a spectrum.

    Args:
        spectrum: Complex numbers whose phases count.
        magnitude: Wanted magnitudes.
        least: Magnitude of ``spectrum`` below which the result approaches 0.

    Returns:
        The complex spectrum.
    """
    return spectrum * (magnitude * _power(spectrum).clamp(min=least * least).rsqrt())


def unit(spectrum: Complex[Tensor, "*any"], least: float = 1e-9) -> Complex[Tensor, "*any"]:
    """Normalize to magnitude 1; near 0 where the magnitude is below ``least``."""
    return spectrum * _power(spectrum).clamp(min=least * least).rsqrt()


def magnitude(spectrum: Complex[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Magnitudes; several times as fast as `torch.abs`, which also handles numbers beyond 1e19."""
    return _power(spectrum).sqrt()


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
    """Reconstruct a signal from magnitudes by alternating projections.

    Griffin and Lim 1984, with the momentum of Perraudin et al. 2013.

    Args:
        magnitude: Wanted magnitudes.
        stft: Their transform.
        samples: Length of the signal.
        phase: Initial phases as complex numbers of magnitude 1; None for random ones.
        iterations: Number of projections.
        momentum: 0 for the original algorithm.
        generator: Source of random phases.

    Returns:
        The signal of each item.
    """
    if phase is None:
        cycle = torch.rand(magnitude.shape, generator=generator, device=magnitude.device)
        phase = torch.polar(torch.ones_like(magnitude), 2 * torch.pi * cycle)
    phase = agreeing_phases(magnitude, stft, samples, phase=phase, iterations=iterations, momentum=momentum)
    return stft.inverse(magnitude * phase, samples)


def agreeing_phases(
    magnitude: Float[Tensor, "batch frame bin"],
    stft: Stft,
    samples: int,
    *,
    phase: Complex[Tensor, "batch frame bin"],
    iterations: int,
    momentum: float = 0.99,
    given: int = 0,
) -> Complex[Tensor, "batch frame bin"]:
    """Make the phases of neighboring frames agree by the projections of `griffin_lim`.

    Args:
        magnitude: Wanted magnitudes.
        stft: Their transform.
        samples: Length of the signal.
        phase: Initial phases as complex numbers of magnitude 1.
        iterations: Number of projections.
        momentum: 0 for the original algorithm.
        given: Frames at the end whose phases stay as they are; those before come to agree with them.

    Returns:
        Phases as complex numbers of magnitude 1.
    """
    before, kept = torch.zeros_like(phase), phase[:, phase.shape[1] - given :]
    for _ in range(iterations):
        rebuilt = stft(stft.inverse(magnitude * phase, samples))
        phase = unit(rebuilt - momentum / (1 + momentum) * before)
        if given:
            phase[:, -given:] = kept
        before = rebuilt
    return phase


def log_magnitude(
    spectrum: Complex[Tensor, "batch frame bin"], floor: float
) -> Float[Tensor, "batch frame bin"]:
    """Natural logarithm of the magnitudes, at least that of ``floor``."""
    # The square root is taken after the logarithm: its gradient at 0 is infinite.
    return 0.5 * _power(spectrum).clamp(min=floor * floor).log()


def _power(spectrum: Complex[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    real, imaginary = spectrum.real, spectrum.imag
    return torch.addcmul(real * real, imaginary, imaginary)


def pad_to(wave: Float[Tensor, "batch sample"], samples: int) -> Float[Tensor, "batch to"]:
    """Pad with silence, or cut, to ``samples`` samples."""
    missing = samples - wave.shape[-1]
    return functional.pad(wave, (0, missing)) if missing > 0 else wave[:, :samples]
