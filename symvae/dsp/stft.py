"""The short-time Fourier transform as the whole of symvae uses it, and the way back without phases.

Frame k is centered on sample k·hop, and what lies outside the signal is silence; so a signal of n
samples has 1 + n // hop frames, and a frame depends on half a window to each side. With a Hann window
and a hop of a quarter of it the inverse is exact.
"""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Stft:
    """A transform of ``size`` samples a frame, one frame every ``hop`` samples."""

    size: int = 1024
    hop: int = 256
    """A divisor of ``size``."""

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
        window = self._window(spectrum.real)
        frames = torch.fft.irfft(spectrum, self.size) * window
        wave = self._overlap_add(frames)
        weight = self._overlap_add(window.square().expand(1, *frames.shape[1:]))
        half = self.size // 2
        wave, weight = wave[:, half:], weight[:, half:]
        return pad_to(wave / weight.clamp(min=1e-6), samples)

    def _overlap_add(self, frames: Float[Tensor, "batch frame size"]) -> Float[Tensor, "batch sample"]:
        """The sum of all frames, each at its place. By hand: torch.istft takes three times as long."""
        batch, count, _ = frames.shape
        overlap = self.size // self.hop
        pieces = frames.unflatten(-1, (overlap, self.hop))
        wave = frames.new_zeros(batch, count + overlap - 1, self.hop)
        for place in range(overlap):
            wave[:, place : place + count] += pieces[:, :, place]
        return wave.flatten(1)

    def _window(self, like: Tensor) -> Float[Tensor, " size"]:
        return _hann(self.size, like.dtype, like.device)


@lru_cache(maxsize=16)
def _hann(size: int, dtype: torch.dtype, device: torch.device) -> Float[Tensor, " size"]:
    with torch.inference_mode(mode=False):  # one made for playing serves training, too
        return torch.hann_window(size, dtype=dtype, device=device)


def with_phases_of(
    spectrum: Complex[Tensor, "*any"], magnitude: Float[Tensor, "*any"], least: float = 1e-9
) -> Complex[Tensor, "*any"]:
    """These magnitudes with the phases of ``spectrum``; near 0 where there is nothing."""
    return spectrum * (magnitude * _power(spectrum).clamp(min=least * least).rsqrt())


def unit(spectrum: Complex[Tensor, "*any"], least: float = 1e-9) -> Complex[Tensor, "*any"]:
    """The phases alone: magnitude 1 wherever there is anything, and near 0 where there is nothing."""
    return spectrum * _power(spectrum).clamp(min=least * least).rsqrt()


def magnitude(spectrum: Complex[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """The magnitudes; `torch.abs` takes care of numbers beyond 1e19, and several times as long."""
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
    return 0.5 * _power(spectrum).clamp(min=floor * floor).log()


def _power(spectrum: Complex[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    real, imaginary = spectrum.real, spectrum.imag
    return torch.addcmul(real * real, imaginary, imaginary)


def pad_to(wave: Float[Tensor, "batch sample"], samples: int) -> Float[Tensor, "batch to"]:
    """The signal with silence after it, or cut, to so many samples."""
    missing = samples - wave.shape[-1]
    return functional.pad(wave, (0, missing)) if missing > 0 else wave[:, :samples]
