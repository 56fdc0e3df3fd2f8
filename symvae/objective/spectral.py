"""How far a sound is from another, by their magnitudes.

Spectral convergence and log-magnitude distance (Arik, Jun and Diamos 2019, arXiv 1808.06719), averaged
over several window lengths (Yamamoto, Song and Kim 2020, Parallel WaveGAN, arXiv 1910.11480): a short
window sees attacks, a long one sees pitches. Phases are not compared: two sounds that nobody can tell
apart may differ in all of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.stft import Stft, log_magnitude

SIZES = (2048, 1024, 512, 256)


class SpectralDistance(NamedTuple):
    """Both parts, one number a signal; their sum is MSS where they come from several windows."""

    convergence: Float[Tensor, " batch"]
    log_magnitude: Float[Tensor, " batch"]

    @property
    def total(self) -> Float[Tensor, " batch"]:
        return self.convergence + self.log_magnitude


def magnitude_distance(
    log_made: Float[Tensor, "batch frame bin"], log_true: Float[Tensor, "batch frame bin"]
) -> SpectralDistance:
    """Of magnitudes given by their natural logarithms."""
    made, true = log_made.exp(), log_true.exp()
    norm = torch.linalg.vector_norm(true, dim=(1, 2)).clamp(min=1e-6)
    return SpectralDistance(
        torch.linalg.vector_norm(made - true, dim=(1, 2)) / norm, (log_made - log_true).abs().mean((1, 2))
    )


def multi_scale_distance(
    made: Float[Tensor, "batch sample"],
    true: Float[Tensor, "batch sample"],
    *,
    floor: float,
    sizes: Sequence[int] = SIZES,
) -> SpectralDistance:
    """Of two signals, averaged over windows of ``sizes`` samples (hop: a quarter).

    ``floor`` is the magnitude, in a window of 1024, under which everything is silence; in other
    windows it is scaled with their length, as the magnitude of a sine is.
    """
    parts = []
    for size in sizes:
        stft, least = Stft(size, size // 4), floor * size / 1024
        parts.append(magnitude_distance(log_magnitude(stft(made), least), log_magnitude(stft(true), least)))
    return SpectralDistance(*(torch.stack(column).mean(0) for column in zip(*parts, strict=True)))


def log_spectral_distance_db(
    made: Float[Tensor, "batch sample"],
    true: Float[Tensor, "batch sample"],
    *,
    floor: float,
    size: int = 2048,
) -> Float[Tensor, " batch"]:
    """Root mean square over frequency of the difference in dB, mean over frames (Gray, Markel 1976)."""
    stft, least = Stft(size, size // 4), floor * size / 1024
    difference = log_magnitude(stft(made), least) - log_magnitude(stft(true), least)
    return (20 / torch.log(torch.tensor(10.0)) * difference).square().mean(-1).sqrt().mean(-1)
