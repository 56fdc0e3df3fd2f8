"""The mel scale and its triangular filters, narrow at low and wide at high frequencies.

Slaney's formula (Auditory Toolbox, 1998), linear below 1 kHz and logarithmic above, each band of equal
area: the values of librosa's default, which most published log-mels use.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

_LINEAR_HZ = 200 / 3
_CORNER_HZ = 1000.0
_CORNER_MEL = _CORNER_HZ / _LINEAR_HZ
_LOG_STEP = math.log(6.4) / 27


def hz_to_mel(hz: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Convert Hz to mel."""
    above = _CORNER_MEL + (hz.clamp(min=_CORNER_HZ) / _CORNER_HZ).log() / _LOG_STEP
    return torch.where(hz < _CORNER_HZ, hz / _LINEAR_HZ, above)


def mel_to_hz(mel: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Convert mel to Hz."""
    above = _CORNER_HZ * ((mel.clamp(min=_CORNER_MEL) - _CORNER_MEL) * _LOG_STEP).exp()
    return torch.where(mel < _CORNER_MEL, mel * _LINEAR_HZ, above)


def mel_filters(sample_rate: int, bins: int, mels: int) -> Float[Tensor, "bin mel"]:
    """Build triangular mel filters from 0 Hz to half the rate.

    A band narrower than the bins, as the lowest are, takes the bin nearest to its center, so that none is
    empty.

    Args:
        sample_rate: Hz.
        bins: Bins of a spectrum.
        mels: Number of bands.

    Returns:
        The weight of each bin in each band.
    """
    nyquist_hz = sample_rate / 2
    top = float(hz_to_mel(torch.tensor(nyquist_hz, dtype=torch.float64)))
    edges = mel_to_hz(torch.linspace(0, top, mels + 2, dtype=torch.float64))
    low, center, high = edges[:-2], edges[1:-1], edges[2:]
    hz = torch.linspace(0, nyquist_hz, bins, dtype=torch.float64)[:, None]
    filters = torch.minimum((hz - low) / (center - low), (high - hz) / (high - center)).clamp(min=0)
    filters = filters * 2 / (high - low)
    nearest = (hz - center).abs().argmin(0)
    empty = filters.sum(0) == 0
    filters[nearest[empty], empty.nonzero()[:, 0]] = 2 / (high - low)[empty]
    return filters.float()


def mel_interpolation(sample_rate: int, bins: int, mels: int) -> Float[Tensor, "mel bin"]:
    """Build the matrix that interpolates a curve from evenly spaced mel positions to bins.

    Args:
        sample_rate: Hz.
        bins: Bins of a spectrum.
        mels: Number of positions from 0 Hz to half the rate.

    Returns:
        The weight of each position at each bin.
    """
    hz = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64)
    position = hz_to_mel(hz) / hz_to_mel(hz[-1]) * (mels - 1)
    return (1 - (position - torch.arange(mels, dtype=torch.float64)[:, None]).abs()).clamp(min=0).float()
