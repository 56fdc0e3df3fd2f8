"""Band-limited impulse trains: every harmonic of a tone at one level and in phase, and nothing above.

A cosine at each multiple of f below half the sample rate, summed in closed form (Dirichlet's kernel;
Stilson and Smith 1996, "Alias-free digital synthesis of classic analog waveforms"):

    Σ_{k=1..K} cos kθ = sin((K + ½)θ) / (2 sin(θ/2)) − ½
"""

import torch
from jaxtyping import Float
from torch import Tensor


def impulse_train(frequency_hz: float, samples: int, sample_rate: int) -> Float[Tensor, " sample"]:
    """The train that starts with an impulse, scaled to a mean square of ½.

    Silence where the fundamental lies at or above half the rate.
    """
    harmonics = int(sample_rate / 2 / frequency_hz)
    if harmonics * frequency_hz >= sample_rate / 2:
        harmonics -= 1
    if harmonics < 1:
        return torch.zeros(samples)
    turns = torch.arange(samples, dtype=torch.float64) * (frequency_hz / sample_rate)
    angle = 2 * torch.pi * (turns - turns.round())  # from -π to π: the kernel's only peak is at 0
    below = 2 * torch.sin(angle / 2)
    peak = below.abs() < 1e-9
    train = torch.sin((harmonics + 0.5) * angle) / torch.where(peak, 1.0, below) - 0.5
    train = torch.where(peak, float(harmonics), train)
    return (train / harmonics**0.5).float()
