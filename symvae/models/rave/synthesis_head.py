"""Synthesis head of RAVE: features → bands of sound, a waveform under a loudness envelope and filtered noise.

Caillon and Esling 2021 (arXiv 2111.05011), section 4.1: bands = tanh(waveform) · envelope + noise, where the
noise is white noise through filters that the network chooses for each short frame, as in DDSP (Engel et al.
2020, arXiv 2001.04643).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.models.rave.encoder import SLOPE
from symvae.nn.causal_conv import CausalConv, fold

#: Points of a noise filter's magnitude, from 0 to the Nyquist frequency of a band; it has 8 taps.
_POINTS = 5
_TAPS = 2 * (_POINTS - 1)
#: Band samples after which the noise repeats: 11 s at 3 kHz.
NOISE_PERIOD = 2**15
_NOISE_SEED = 2111
#: Initial log level of noise, so that a network begins without any.
_QUIET = 5.0


class SynthesisHead(nn.Module):
    """Bands from features.

    Args:
        width: Channels of the features.
        bands: Bands of the signal.
        noise_stride: Band samples of a frame of the noise filters.
    """

    def __init__(self, width: int, *, bands: int, noise_stride: int) -> None:
        super().__init__()
        self.wave = CausalConv(width, bands, 7)
        self.loudness = CausalConv(width, 1, 3)
        self.noise = FilteredNoise(width, bands=bands, stride=noise_stride)

    def forward(
        self, features: Float[Tensor, "batch channel band_sample"], noise_start: int = 0
    ) -> Float[Tensor, "batch band band_sample"]:
        """Synthesize bands.

        Args:
            features: Of the decoder.
            noise_start: Where in the fixed table of noise a whole signal begins; a stream goes on by itself.

        Returns:
            The bands.
        """
        envelope = positive(self.loudness(features))
        return torch.tanh(self.wave(features)) * envelope + self.noise(features, noise_start)


class FilteredNoise(nn.Module):
    """White noise in each band through filters that change from frame to frame.

    The noise is a fixed table: the same z gives the same sound, in blocks or whole.

    Args:
        width: Channels of the features.
        bands: Bands of the signal.
        stride: Band samples of a frame.
    """

    table: Tensor
    taps: Tensor
    position: Tensor | None
    """Band samples that a stream has had; None where whole signals are processed."""

    def __init__(self, width: int, *, bands: int, stride: int) -> None:
        super().__init__()
        self.bands, self.stride = bands, stride
        self.enter = CausalConv(stride * width, width, 1)
        self.leave = CausalConv(width, bands * _POINTS, 2)
        chance = torch.Generator().manual_seed(_NOISE_SEED)
        table = torch.rand(bands, NOISE_PERIOD, generator=chance) * 2 - 1
        self.register_buffer("table", table, persistent=False)
        # Taps of a filter of zero phase, centered and windowed: linear in the points of its magnitude.
        response = torch.roll(torch.fft.irfft(torch.eye(_POINTS), _TAPS), _TAPS // 2, -1)
        self.register_buffer("taps", response * torch.hann_window(_TAPS), persistent=False)
        self.register_buffer("position", None, persistent=False)

    def forward(
        self, features: Float[Tensor, "batch channel band_sample"], start: int = 0
    ) -> Float[Tensor, "batch band band_sample"]:
        """Noise for features."""
        x = self.leave(functional.leaky_relu(self.enter(fold(features, self.stride)), SLOPE))
        magnitude = positive(x - _QUIET).unflatten(1, (self.bands, _POINTS)).transpose(2, 3)
        taps = magnitude @ self.taps
        windows = self._noise(features, start).unflatten(1, (-1, self.stride))
        return torch.einsum("zbft,bfst->zbfs", taps, windows).flatten(2)

    def _noise(
        self, features: Float[Tensor, "batch channel band_sample"], start: int
    ) -> Float[Tensor, "band band_sample tap"]:
        """The last values of the table at each time, as many as a filter has taps."""
        length = features.shape[2]
        now = torch.arange(length, device=self.table.device)
        if self.position is not None:
            now = now + self.position
            self.position.copy_((self.position + length) % NOISE_PERIOD)
        taps = torch.arange(_TAPS, device=self.table.device)
        return self.table[:, (now[:, None] + start - taps) % NOISE_PERIOD]


def positive(x: Tensor) -> Tensor:
    """Sigmoid whose slope is steep where it is small, as in DDSP (arXiv 2001.04643), appendix B.5."""
    return 2 * torch.sigmoid(x).pow(2.3) + 1e-7
