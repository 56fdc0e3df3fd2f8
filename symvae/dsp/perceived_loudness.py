"""Loudness of each frame: A-weighted power on a logarithmic scale, as DDSP conditions on it.

Engel et al. 2020 (arXiv 2001.04643), section 4.2, after Hantrakul et al. 2019: the power spectrum of a
frame is weighted by the A curve (IEC 61672-1), summed, and taken in decibels. Here 0 dB is a sine of 1 kHz
at full scale. Networks see it scaled as in the authors' code, loudness = 1 + dB / 80: 0 at −80 dB and
below, 1 at 0 dB. One hundredth of the scale is .8 dB.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.stft import Stft

#: Range of the scale: what is softer is silent.
RANGE_DB = 80.0
#: Samples of a window: 43 ms at 24 kHz.
SIZE = 1024


def loudness_db(
    wave: Float[Tensor, "batch sample"], hop: int, sample_rate: int, size: int = SIZE
) -> Float[Tensor, "batch frame"]:
    """Measure the loudness of each frame.

    Args:
        wave: Signals.
        hop: Samples from frame to frame; frame n is centered on sample n · hop.
        sample_rate: Hz.
        size: Samples of a window.

    Returns:
        Loudness in dB from −80 on, for 1 + samples // hop frames.
    """
    spectrum = Stft(size, hop)(wave)
    power = spectrum.real.square() + spectrum.imag.square()
    weighted = power @ a_weighting(size // 2 + 1, sample_rate).to(power)
    # A sine at full scale has this power under a Hann window, over the bins of positive frequencies.
    full_scale = size * (3 * size / 8) / 4
    return (10 * torch.log10(weighted / full_scale + 1e-20)).clamp(min=-RANGE_DB)


def scaled(loudness_db: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Scale loudness for networks: 0 at −80 dB, 1 at 0 dB."""
    return 1 + loudness_db / RANGE_DB


def a_weighting(bins: int, sample_rate: int) -> Float[Tensor, " bin"]:
    """Weights of power by the A curve, 1 at 1 kHz.

    Args:
        bins: Bins from 0 Hz to half the sample rate.
        sample_rate: Hz.

    Returns:
        The weight of each bin.
    """
    squared = torch.linspace(0, sample_rate / 2, bins, dtype=torch.float64).square()
    return (_a_curve(squared) / _a_curve(torch.tensor(1000.0**2, dtype=torch.float64))).square().float()


def _a_curve(squared_hz: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    low, first, second, high = (corner**2 for corner in (20.598997, 107.65265, 737.86223, 12194.217))
    poles = (squared_hz + low) * ((squared_hz + first) * (squared_hz + second)).sqrt() * (squared_hz + high)
    return high * squared_hz.square() / poles
