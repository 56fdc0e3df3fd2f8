"""The timbre encoder: a log-mel spectrogram of any length → the posterior over z."""

from itertools import pairwise
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.dsp.mel import mel_filters
from symvae.dsp.stft import Stft
from symvae.nn.gaussian import DiagonalGaussian


@runtime_checkable
class Posterior(Protocol):
    """The posterior over the timbres of some clips, Gaussian or quantized."""

    @property
    def mean(self) -> Float[Tensor, "batch latent"]: ...

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "batch latent"]: ...

    def kl_nats(self) -> Float[Tensor, "batch _"]: ...


class LogMel(nn.Module):
    """Magnitudes → log-mel."""

    filters: Float[Tensor, "bin mel"]

    def __init__(self, sample_rate: int, stft: Stft, mels: int) -> None:
        """
        Args:
            sample_rate: Hz.
            stft: Transform of the magnitudes.
            mels: Number of bands.
        """
        super().__init__()
        self.register_buffer("filters", mel_filters(sample_rate, stft.bins, mels), persistent=False)

    def forward(
        self, magnitude: Float[Tensor, "batch frame bin"], floor: float = 1e-4
    ) -> Float[Tensor, "batch frame mel"]:
        """Natural logarithm of the bands, at least that of ``floor``."""
        return (magnitude @ self.filters).clamp(min=floor).log()


class TimbreEncoder(nn.Module):
    """Strided 2-D convolutions, then mean and deviation over time, which discard the order of the notes.

    Args:
        mels: Bands of the log-mel spectrogram.
        channels: Channels of the first convolution.
        latent_size: Size of z.
        initial_log_variance: Log variance of the posterior before training.
    """

    def __init__(self, *, mels: int, channels: int, latent_size: int, initial_log_variance: float) -> None:
        super().__init__()
        widths = (1, channels, 2 * channels, 4 * channels, 4 * channels)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1) for before, after in pairwise(widths)
        )
        pooled = 2 * widths[-1] * (mels // 2 ** len(self.convolutions))
        self.hidden = nn.Linear(pooled, 4 * channels)
        self.mean = nn.Linear(4 * channels, latent_size)
        self.log_std = nn.Linear(4 * channels, latent_size)
        # A posterior that starts as wide as the prior collapses, so it starts narrow, with spread-out means.
        with torch.no_grad():
            self.mean.weight.mul_(4.0)
            self.log_std.weight.mul_(0.1)
            self.log_std.bias.fill_(initial_log_variance / 2)

    def forward(self, log_mel: Float[Tensor, "batch frame mel"]) -> DiagonalGaussian:
        """Posterior over each clip's timbre."""
        x = (log_mel[:, None] + 3.0) / 4.0
        for convolution in self.convolutions:
            x = functional.gelu(convolution(x), approximate="tanh")
        x = x.transpose(2, 3).flatten(1, 2)  # (batch, channel · mel, frame)
        x = torch.cat([x.mean(-1), x.std(-1, correction=0)], -1)
        x = functional.gelu(self.hidden(x), approximate="tanh")
        return DiagonalGaussian(self.mean(x).float(), self.log_std(x).float().clamp(-6, 2))
