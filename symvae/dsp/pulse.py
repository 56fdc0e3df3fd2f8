"""Band-limited pulse trains: partials of equal level, in phase at the start, below half the sample rate.

Cosines at multiples of f, summed in closed form by Dirichlet's kernel (Stilson and Smith 1996,
"Alias-free digital synthesis of classic analog waveforms"):

    Σ_{k=1..K} cos kθ = sin((K + ½)θ) / (2 sin(θ/2)) − ½

θ may run unevenly, which is vibrato. Partials beside the multiples have no closed form; theirs are sums of
steady cosines, of which a matrix product makes a whole signal at once.
"""

import math

import torch
from jaxtyping import Float, Float64
from torch import Tensor

#: Samples of a row of `cosines`.
_ROW = 256


def harmonics(
    cycles: Float64[Tensor, " sample"], first: int, last: int, highest: int
) -> Float[Tensor, " sample"]:
    """Sum harmonics of amplitude 1 that are in phase wherever the fundamental has gone through whole cycles.

    Args:
        cycles: Cycles of the fundamental since its start, at each sample.
        first: First harmonic; 1 is the fundamental.
        last: Last harmonic.
        highest: Highest harmonic below half the sample rate; those above it are omitted.

    Returns:
        The signal.
    """
    last = min(last, highest)
    if last < first:
        return torch.zeros(len(cycles))
    angle = 2 * torch.pi * (cycles - cycles.round())  # from -π to π, where the kernel's only peak is at 0
    if first == last:
        return torch.cos(first * angle).float()
    return (_dirichlet(angle, last) - _dirichlet(angle, first - 1)).float()


def below_nyquist(frequency_hz: float, sample_rate: int) -> int:
    """Highest harmonic below half the sample rate."""
    return math.ceil(sample_rate / 2 / frequency_hz) - 1


def cosines(
    frequency_hz: Float64[Tensor, " partial"], first_sample: int, samples: int, sample_rate: int
) -> Float[Tensor, " sample"]:
    """Sum steady cosines of amplitude 1 that are in phase at sample 0.

    By the addition theorem: phases of every ``_ROW``-th sample times phases within a row.

    Args:
        frequency_hz: Frequencies; those at or above half the sample rate are omitted.
        first_sample: Number of the first sample.
        samples: Length of the signal.
        sample_rate: Hz.

    Returns:
        The signal.
    """
    step = frequency_hz[frequency_hz < sample_rate / 2] / sample_rate
    starts = first_sample + torch.arange(0, samples, _ROW, dtype=torch.float64)
    rows, columns = (
        torch.polar(torch.ones_like(cycles), 2 * torch.pi * (cycles - cycles.round())).to(torch.complex64)
        for cycles in (starts[:, None] * step, torch.arange(_ROW, dtype=torch.float64)[:, None] * step)
    )
    return (rows.real @ columns.real.T - rows.imag @ columns.imag.T).flatten()[:samples]


def _dirichlet(angle: Float64[Tensor, " sample"], terms: int) -> Float64[Tensor, " sample"]:
    below = 2 * torch.sin(angle / 2)
    peak = below.abs() < 1e-9
    kernel = torch.sin((terms + 0.5) * angle) / torch.where(peak, 1.0, below) - 0.5
    return torch.where(peak, float(terms), kernel)
