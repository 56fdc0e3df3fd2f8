"""Spectral distances between sounds.

Spectral convergence and log-magnitude distance (Arik, Jun and Diamos 2019, arXiv 1808.06719), averaged
over several window lengths (Yamamoto, Song and Kim 2020, Parallel WaveGAN, arXiv 1910.11480): short windows
resolve attacks, long ones pitches. Phases are not compared: sounds that are indistinguishable may differ
in all of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.mel import mel_filters
from symvae.dsp.stft import Stft, log_magnitude

SIZES = (2048, 1024, 512, 256)
#: Mel bands of each window length of `band_distance`, and the magnitude of silence a sample of the window.
_BANDS = {1024: 32, 256: 16}
_BAND_FLOOR = 1e-5


class SpectralDistance(NamedTuple):
    """Distance of each signal: two terms, whose sum is the multi-scale spectral distance."""

    convergence: Float[Tensor, " batch"]
    log_magnitude: Float[Tensor, " batch"]

    @property
    def total(self) -> Float[Tensor, " batch"]:
        return self.convergence + self.log_magnitude


def magnitude_distance(
    log_generated: Float[Tensor, "batch frame bin"], log_real: Float[Tensor, "batch frame bin"]
) -> SpectralDistance:
    """Distance of magnitudes, given by their natural logarithms."""
    generated, real = log_generated.exp(), log_real.exp()
    norm = torch.linalg.vector_norm(real, dim=(1, 2)).clamp(min=1e-6)
    return SpectralDistance(
        torch.linalg.vector_norm(generated - real, dim=(1, 2)) / norm,
        (log_generated - log_real).abs().mean((1, 2)),
    )


def multi_scale_distance(
    generated: Float[Tensor, "batch sample"],
    real: Float[Tensor, "batch sample"],
    *,
    floor: float,
    sizes: Sequence[int] = SIZES,
) -> SpectralDistance:
    """Distance of signals, averaged over window lengths with a hop of a quarter.

    Args:
        generated: Generated signals.
        real: Reference signals.
        floor: Magnitude of silence in a window of 1024 samples; in other windows it is scaled by their
            length, as the magnitude of a sine is.
        sizes: Window lengths in samples.

    Returns:
        Both terms, averaged over the windows.
    """
    parts = []
    for size in sizes:
        stft, least = Stft(size, size // 4), floor * size / 1024
        parts.append(
            magnitude_distance(log_magnitude(stft(generated), least), log_magnitude(stft(real), least))
        )
    return SpectralDistance(*(torch.stack(column).mean(0) for column in zip(*parts, strict=True)))


def band_distance(
    generated: Float[Tensor, "batch sample"], real: Float[Tensor, "batch sample"], sample_rate: int
) -> Float[Tensor, " batch"]:
    """Distance of levels in mel bands: mean absolute difference of the logarithms of their power.

    Unlike the distance of log magnitudes bin by bin it is smallest where the power is right, also of noise
    and of partials that lie a bin away. Levels are compared frame by frame, and of the whole signal: what is
    uncertain frame by frame, as the noise of an attack, is else decoded too softly.

    Args:
        generated: Generated signals.
        real: Reference signals.
        sample_rate: Hz.

    Returns:
        The distance of each signal in nepers: the mean of both, averaged over two window lengths.
    """
    parts = []
    for size, bands in _BANDS.items():
        stft = Stft(size, size // 4)
        filters = mel_filters(sample_rate, stft.bins, bands).to(generated.device)
        filters = filters / filters.sum(0)
        power = [
            stft(wave).abs().square() @ filters + (_BAND_FLOOR * size) ** 2 for wave in (generated, real)
        ]
        frames, whole = (
            [0.5 * each.log() for each in several]
            for several in (power, [each.mean(1, keepdim=True) for each in power])
        )
        parts += [(own - other).abs().mean((1, 2)) for own, other in (frames, whole)]
    return torch.stack(parts).mean(0)


def log_spectral_distance_db(
    generated: Float[Tensor, "batch sample"],
    real: Float[Tensor, "batch sample"],
    *,
    floor: float,
    size: int = 2048,
) -> Float[Tensor, " batch"]:
    """Log-spectral distance (Gray and Markel 1976): RMS difference over frequency, mean over frames.

    Args:
        generated: Generated signals.
        real: Reference signals.
        floor: Magnitude of silence in a window of 1024 samples.
        size: Window length in samples.

    Returns:
        The distance of each signal in dB.
    """
    stft, least = Stft(size, size // 4), floor * size / 1024
    difference = log_magnitude(stft(generated), least) - log_magnitude(stft(real), least)
    return (20 / torch.log(torch.tensor(10.0)) * difference).square().mean(-1).sqrt().mean(-1)
