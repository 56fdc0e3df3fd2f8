"""Band-limited pulses: harmonics of a tone, all at one level and in phase, and nothing above half the rate.

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
    """Harmonics ``first`` to ``last`` (1 is the fundamental), those below half the rate, each of amplitude 1.

    They start in phase, with an impulse if they are many; what comes is from ``first_sample`` on.
    """
    highest = min(last, math.ceil(sample_rate / 2 / frequency_hz) - 1)
    if highest < first:
        return torch.zeros(samples)
    turns = torch.arange(first_sample, first_sample + samples, dtype=torch.float64)
    turns *= frequency_hz / sample_rate
    angle = 2 * torch.pi * (turns - turns.round())  # from -π to π: the kernel's only peak is at 0
    return (_dirichlet(angle, highest) - _dirichlet(angle, first - 1)).float()


def impulse_train(frequency_hz: float, samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    """Every harmonic below half the rate, from the fundamental on; silence where there is none."""
    return harmonics(frequency_hz, 1, sample_rate, samples, sample_rate)


def _dirichlet(angle: Float64[Tensor, " sample"], terms: int) -> Float64[Tensor, " sample"]:
    below = 2 * torch.sin(angle / 2)
    peak = below.abs() < 1e-9
    kernel = torch.sin((terms + 0.5) * angle) / torch.where(peak, 1.0, below) - 0.5
    return torch.where(peak, float(terms), kernel)
