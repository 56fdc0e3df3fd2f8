"""Advance of phases from frame to frame, as the slope of the spectrum tells.

A partial turns by its own frequency, not by that of the bin. Where it lies between bins shows in the slope
of the log magnitudes over its bins; for a Gaussian window the relation is exact (phase gradient heap
integration, Průša et al. 2017, arXiv 1609.00291), for a Hann window nearly so.
"""

import math

import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn import functional

from symvae.dsp.stft import Stft, unit

#: Radians a frame per neper a bin, for a Hann window and a hop of a quarter of it, of the sum of two frames
#: and over two bins.
SLOPE = 0.975 / 4
#: Share of the bins, from the lowest on, in which partials are sought: 2.7 kHz at 44.1 kHz.
_LOW = 1 / 8
#: Bins to each side of a peak and of its surroundings.
_PEAK, _SURROUNDINGS = 2, 8
#: Nepers above the surroundings from which on a peak counts, and from which on it counts wholly.
_FAINT, _CLEAR = 0.2, 0.8


def phase_advances(
    levels: Float[Tensor, "batch frame bin"], stft: Stft, slope: float | Tensor = SLOPE
) -> Float[Tensor, "batch advance bin"]:
    """Advance of the phase of each bin from each frame to the next.

    Args:
        levels: Log magnitudes in nepers.
        stft: Their transform.
        slope: Radians per neper of the sum of two frames over two bins.

    Returns:
        Radians.
    """
    pair = levels[:, 1:] + levels[:, :-1]
    rise = functional.pad(pair[:, :, 2:] - pair[:, :, :-2], (1, 1))
    turns = math.tau * stft.hop / stft.size * torch.arange(pair.shape[2], device=pair.device)
    return turns + rise * slope


def ringing_phases(
    levels: Float[Tensor, "batch frame bin"], stft: Stft, source: Complex[Tensor, "1 frame bin"]
) -> Complex[Tensor, "batch later low"]:
    """Let partials ring on: phases of low bins follow their advances where the spectrum has peaks.

    Args:
        levels: Log magnitudes in nepers.
        stft: Their transform.
        source: Phases of all frames: partials start with those of the first, and where there is no peak the
            later ones remain.

    Returns:
        Complex numbers of magnitude 1, of all frames but the first, and of the low bins.
    """
    low = round(_LOW * (stft.bins - 1))
    levels = levels[:, :, : low + 1]
    advances = phase_advances(levels, stft)[:, :, :low]
    turned = source[:, :1, :low].angle() + advances.cumsum(1)
    ringing = torch.polar(torch.ones_like(turned), turned)
    noise = source[:, 1:, :low].expand(ringing.shape)
    return unit(torch.lerp(noise, ringing, _peaked(levels)[:, :, :low].to(ringing)))


def _peaked(levels: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch advance bin"]:
    """Share to which the surroundings of each bin have a peak, between each frame and the next."""
    rows = (0.5 * (levels[:, 1:] + levels[:, :-1])).flatten(0, 1)[:, None]
    peak = functional.max_pool1d(rows, 2 * _PEAK + 1, 1, _PEAK)
    around = functional.avg_pool1d(rows, 2 * _SURROUNDINGS + 1, 1, _SURROUNDINGS, count_include_pad=False)
    share = (peak - around - _FAINT) / (_CLEAR - _FAINT)
    return share.clamp(0, 1).view(len(levels), levels.shape[1] - 1, levels.shape[2])
