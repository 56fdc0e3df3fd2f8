"""A bank of filters that splits a signal into equally wide bands, each at its own low rate, and back.

Pseudo quadrature mirror filters (Nguyen 1994, "Near-perfect-reconstruction pseudo-QMF banks"): one
low-pass prototype, moved to the middle of each band by a cosine. What decimation folds into a band is
canceled by its neighbor, as long as both are treated alike where they meet. The prototype is a
Kaiser-windowed sinc whose cutoff is searched for (Lin and Vaidyanathan 1998, "A Kaiser window approach
for the design of prototype filters of cosine modulated filterbanks"), as in RAVE (Caillon and Esling
2021, arXiv 2111.05011).

Synthesis is the transpose of analysis, and both are centered: there is no delay. In the odd bands
frequencies run downwards.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

#: Taps to each side of the prototype's middle, in multiples of the number of bands.
REACH = 8
#: Of the Kaiser window: 85 dB between what passes and what does not. Splitting and joining errs by −65 dB.
_SHAPE = 8.5
_GOLDEN = (5**0.5 - 1) / 2


class Pqmf(nn.Module):
    """Signal ↔ ``bands`` signals with one sample for every ``bands`` of the signal's."""

    filters: Float[Tensor, "band 1 tap"]

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.bands = bands
        self.register_buffer("filters", _filters(bands), persistent=False)

    @property
    def reach(self) -> int:
        """Samples to each side that a sample of a band depends on, and that depend on it."""
        return REACH * self.bands

    def split(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch band band_sample"]:
        """The bands, the lowest first; outside the signal is silence."""
        padded = functional.pad(wave, (0, -wave.shape[-1] % self.bands))
        return functional.conv1d(padded[:, None], self.filters, stride=self.bands, padding=self.reach)

    def join(
        self, bands: Float[Tensor, "batch band band_sample"], samples: int
    ) -> Float[Tensor, "batch sample"]:
        """The signal of so many samples that the bands make together."""
        wave = functional.conv_transpose1d(
            bands, self.filters, stride=self.bands, padding=self.reach, output_padding=self.bands - 1
        )[:, 0]
        return functional.pad(wave, (0, samples - wave.shape[-1]))


def _filters(bands: int) -> Float[Tensor, "band 1 tap"]:
    """The prototype under a cosine for each band; each filter's energy is 1."""
    reach = REACH * bands
    place = np.arange(-reach, reach + 1)
    band = np.arange(bands)[:, None]
    angle = (2 * band + 1) * np.pi / (2 * bands) * place + (-1.0) ** band * np.pi / 4
    filters = 2**0.5 * _prototype(bands) * np.cos(angle)
    return torch.from_numpy(filters[:, None]).float()


def _prototype(bands: int) -> Float[np.ndarray, " tap"]:
    """The cutoff that leaves least overlap of the prototype with itself, shifted by pairs of bands.

    Where all these overlaps are 0, the magnitudes of all bands add up to a flat line.
    """
    low, high = 0.4 / bands, 0.7 / bands  # of half the rate; ½ / bands is the middle between two bands
    while high - low > 1e-9:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _overlap(left, bands) < _overlap(right, bands):
            high = right
        else:
            low = left
    return _low_pass((low + high) / 2, bands)


def _low_pass(cutoff: float, bands: int) -> Float[np.ndarray, " tap"]:
    reach = REACH * bands
    place = np.arange(-reach, reach + 1)
    taps = np.sinc(cutoff * place) * np.kaiser(len(place), _SHAPE)
    return taps / np.sqrt((taps**2).sum())


def _overlap(cutoff: float, bands: int) -> float:
    taps = _low_pass(cutoff, bands)
    itself = np.convolve(taps, taps)[len(taps) - 1 :]
    return float(np.abs(itself[2 * bands :: 2 * bands]).max())
