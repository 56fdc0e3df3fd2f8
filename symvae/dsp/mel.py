"""The mel scale: triangular bands that are as wide as the ear's, narrow below and wide above.

Slaney's formula (Auditory Toolbox, 1998), linear below 1 kHz and logarithmic above, each band of
equal area; the same numbers as librosa's default, which is what most published log-mels mean.
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
    """Position on the mel scale."""
    above = _CORNER_MEL + (hz.clamp(min=_CORNER_HZ) / _CORNER_HZ).log() / _LOG_STEP
    return torch.where(hz < _CORNER_HZ, hz / _LINEAR_HZ, above)


def mel_to_hz(mel: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """The frequency at a position on the mel scale."""
    above = _CORNER_HZ * ((mel.clamp(min=_CORNER_MEL) - _CORNER_MEL) * _LOG_STEP).exp()
    return torch.where(mel < _CORNER_MEL, mel * _LINEAR_HZ, above)


def mel_filters(sample_rate: int, bins: int, mels: int) -> Float[Tensor, "bin mel"]:
    """How much of each bin of a spectrum belongs to each of ``mels`` bands from 0 Hz to half the rate.

    A band that is narrower than the bins, as the lowest are, takes the bin nearest to its center, so
    that no band is empty.
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
    """At each bin, a curve that is given at ``mels`` places, evenly spaced in mel up to half the rate."""
    hz = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64)
    place = hz_to_mel(hz) / hz_to_mel(hz[-1]) * (mels - 1)
    return (1 - (place - torch.arange(mels, dtype=torch.float64)[:, None]).abs()).clamp(min=0).float()
