"""Pseudo-QMF filter bank: a signal ↔ equally wide bands at a decimated rate.

Pseudo quadrature mirror filters (Nguyen 1994, "Near-perfect-reconstruction pseudo-QMF banks"): one low-pass
prototype, modulated to the center of each band by a cosine. Neighboring bands cancel each other's aliasing,
as long as both are processed alike where they meet. The prototype is a Kaiser-windowed sinc of optimized
cutoff (Lin and Vaidyanathan 1998, "A Kaiser window approach for the design of prototype filters of cosine
modulated filterbanks"), as in RAVE (Caillon and Esling 2021, arXiv 2111.05011).

Synthesis is the transpose of analysis and both are centered, so there is no delay. In odd bands frequencies
run downwards.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

#: Taps to each side of the prototype's center, in multiples of the number of bands.
REACH = 8
#: Shape of the Kaiser window: 85 dB of stop-band attenuation; reconstruction error −65 dB.
_SHAPE = 8.5
_GOLDEN = (5**0.5 - 1) / 2


class Pqmf(nn.Module):
    """Analysis and synthesis with ``bands`` bands, decimated by their number."""

    filters: Float[Tensor, "band 1 tap"]

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.bands = bands
        self.register_buffer("filters", _filters(bands), persistent=False)

    @property
    def reach(self) -> int:
        """Samples to each side that one sample of a band depends on and affects."""
        return REACH * self.bands

    def split(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch band band_sample"]:
        """Split into bands, the lowest first; beyond its ends the signal is silent."""
        padded = functional.pad(wave, (0, -wave.shape[-1] % self.bands))
        return functional.conv1d(padded[:, None], self.filters, stride=self.bands, padding=self.reach)

    def join(
        self, bands: Float[Tensor, "batch band band_sample"], samples: int
    ) -> Float[Tensor, "batch sample"]:
        """Reconstruct ``samples`` samples from the bands."""
        wave = functional.conv_transpose1d(
            bands, self.filters, stride=self.bands, padding=self.reach, output_padding=self.bands - 1
        )[:, 0]
        return functional.pad(wave, (0, samples - wave.shape[-1]))


def _filters(bands: int) -> Float[Tensor, "band 1 tap"]:
    """The prototype modulated by each band's cosine; each filter has energy 1."""
    reach = REACH * bands
    tap = np.arange(-reach, reach + 1)
    band = np.arange(bands)[:, None]
    angle = (2 * band + 1) * np.pi / (2 * bands) * tap + (-1.0) ** band * np.pi / 4
    filters = 2**0.5 * _prototype(bands) * np.cos(angle)
    return torch.from_numpy(filters[:, None]).float()


def _prototype(bands: int) -> Float[np.ndarray, " tap"]:
    """Low pass of the cutoff with least autocorrelation at multiples of twice the number of bands.

    Where these are 0, the power of all bands sums to a flat response. The cutoff is found by golden-section
    search.
    """
    low, high = 0.4 / bands, 0.7 / bands  # in units of the Nyquist frequency; ½ / bands is a band edge
    while high - low > 1e-9:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _overlap(left, bands) < _overlap(right, bands):
            high = right
        else:
            low = left
    return _low_pass((low + high) / 2, bands)


def _low_pass(cutoff: float, bands: int) -> Float[np.ndarray, " tap"]:
    reach = REACH * bands
    tap = np.arange(-reach, reach + 1)
    taps = np.sinc(cutoff * tap) * np.kaiser(len(tap), _SHAPE)
    return taps / np.sqrt((taps**2).sum())


def _overlap(cutoff: float, bands: int) -> float:
    taps = _low_pass(cutoff, bands)
    correlation = np.convolve(taps, taps)[len(taps) - 1 :]
    return float(np.abs(correlation[2 * bands :: 2 * bands]).max())
