"""RAVE v1's decoder at its published sizes with fresh weights, to measure its speed.

Caillon and Esling 2021 (arXiv 2111.05011); sizes of ``configs/v1.gin`` in acids-rave 2.3.1: latent 128,
capacity 64, ratios 4 4 4 2, 16 bands at 44.1 kHz, noise of 5 bands, weight normalization folded in as in its exported
models. The output is meaningless but takes as long as that of a trained one.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

SAMPLE_RATE = 44_100
LATENT, CAPACITY, BANDS, RATIOS = 128, 64, 16, (4, 4, 4, 2)
NOISE_RATIOS, NOISE_BANDS = (4, 4, 4), 5
#: Taps of each phase of the filter bank: a prototype of 16 · 32 taps, for about -100 dB.
BANK_TAPS = 33
SAMPLES_A_LATENT = BANDS * math.prod(RATIOS)


class RaveV1Decoder(nn.Module):
    """z (batch, 128, step) → sound (batch, 2048 · step)."""

    def __init__(self) -> None:
        super().__init__()
        width = CAPACITY * 2 ** len(RATIOS)
        layers: list[nn.Module] = [nn.Conv1d(LATENT, width, 7, padding=3, bias=False)]
        for ratio in RATIOS:
            layers += [
                nn.LeakyReLU(0.2),
                nn.ConvTranspose1d(
                    width, width // 2, 2 * ratio, stride=ratio, padding=ratio // 2, bias=False
                ),
            ]
            width //= 2
            layers += [_Residual(width, dilation) for dilation in (1, 3, 5)]
        self.net = nn.Sequential(*layers)
        self.wave = nn.Conv1d(width, BANDS, 7, padding=3, bias=False)
        self.loudness = nn.Conv1d(width, 1, 3, padding=1, bias=False)
        sizes = [width] * len(NOISE_RATIOS) + [BANDS * NOISE_BANDS]
        self.noise = nn.ModuleList(
            nn.Conv1d(before, after, 3, stride=ratio, padding=1, bias=False)
            for before, after, ratio in zip(sizes, sizes[1:], NOISE_RATIOS, strict=False)
        )
        self.bank = nn.Conv1d(BANDS, BANDS, BANK_TAPS, padding=BANK_TAPS // 2, bias=False)

    def forward(self, z: Tensor) -> Tensor:
        """Synthesize bands and their noise, and join them by the filter bank."""
        x = self.net(z)
        bands = torch.tanh(self.wave(x)) * _level(self.loudness(x))
        bands = bands + self._noise(x)
        return self.bank(bands).transpose(1, 2).flatten(1)

    def _noise(self, x: Tensor) -> Tensor:
        length = math.prod(NOISE_RATIOS)
        for number, layer in enumerate(self.noise):
            x = layer(functional.leaky_relu(x, 0.2) if number else x)
        level = _level(x - 5).unflatten(1, (BANDS, NOISE_BANDS)).transpose(2, 3)
        response = torch.fft.irfft(level.to(torch.complex64))
        response = functional.pad(
            response * torch.hann_window(response.shape[-1]), (0, length - response.shape[-1])
        )
        noise = 2 * torch.rand(response.shape) - 1
        shaped = torch.fft.irfft(torch.fft.rfft(noise, 2 * length) * torch.fft.rfft(response, 2 * length))
        return shaped[..., :length].flatten(2)


class _Residual(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, width, 3, dilation=dilation, padding=dilation, bias=False),
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, width, 3, padding=1, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.net(x)


def _level(x: Tensor) -> Tensor:
    return 2 * torch.sigmoid(x) ** 2.3 + 1e-7
