"""Band-limited pulse trains: harmonics of equal level, in phase, below half the sample rate.

Cosines at multiples of f, summed in closed form by Dirichlet's kernel (Stilson and Smith 1996,
"Alias-free digital synthesis of classic analog waveforms"):

    Σ_{k=1..K} cos kθ = sin((K + ½)θ) / (2 sin(θ/2)) − ½
"""

import math

import torch
from jaxtyping import Float, Float64
from torch import Tensor


def harmonics(
    frequency_hz: float, first: int, last: int, samples: int, sample_rate: int, *, first_sample: int = 0
) -> Float[Tensor, " sample"]:
    """Sum harmonics of amplitude 1 that are in phase at sample 0, where many of them make an impulse.

    Args:
        frequency_hz: Fundamental.
        first: First harmonic; 1 is the fundamental.
        last: Last harmonic; those at or above half the sample rate are omitted.
        samples: Length of the signal.
        sample_rate: Hz.
        first_sample: Number of the first sample.

    Returns:
        The signal.
    """
    highest = min(last, math.ceil(sample_rate / 2 / frequency_hz) - 1)
    if highest < first:
        return torch.zeros(samples)
    cycles = torch.arange(first_sample, first_sample + samples, dtype=torch.float64)
    cycles *= frequency_hz / sample_rate
    angle = 2 * torch.pi * (cycles - cycles.round())  # from -π to π, where the kernel's only peak is at 0
    return (_dirichlet(angle, highest) - _dirichlet(angle, first - 1)).float()


def _dirichlet(angle: Float64[Tensor, " sample"], terms: int) -> Float64[Tensor, " sample"]:
    below = 2 * torch.sin(angle / 2)
    peak = below.abs() < 1e-9
    kernel = torch.sin((terms + 0.5) * angle) / torch.where(peak, 1.0, below) - 0.5
    return torch.where(peak, float(terms), kernel)
