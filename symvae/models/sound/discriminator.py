"""Judges of sound: each looks at spectra of its own window length and says, place by place, real or made.

Multi-scale STFT discriminators of complex spectra (Défossez et al. 2022, EnCodec, arXiv 2210.13438, section
3.4), smaller. Magnitudes are compressed by a square root, so that quiet sound is judged, too.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from symvae.dsp.stft import Stft

SIZES = (2048, 1024, 512, 256, 128)
CHANNELS = 16
_DILATIONS = (1, 2, 4)
_LEAST = 1e-3


class Judgment(NamedTuple):
    """Of one window length."""

    logits: Float[Tensor, "batch 1 frame band"]
    """Above 0 where it sounds real."""
    features: tuple[Float[Tensor, "batch channel frame _"], ...]
    """What was seen on the way there, layer by layer."""


class Discriminators(nn.Module):
    """Sound → a `Judgment` for each of ``sizes`` window lengths."""

    def __init__(self, *, sizes: tuple[int, ...] = SIZES, channels: int = CHANNELS) -> None:
        super().__init__()
        self.discriminators = nn.ModuleList(_Judge(size, channels) for size in sizes)

    def forward(self, wave: Float[Tensor, "batch sample"]) -> list[Judgment]:
        """Judgments from which the discriminators can learn."""
        return [judge(wave) for judge in self.discriminators]

    def frozen(self, wave: Float[Tensor, "batch sample"]) -> list[Judgment]:
        """Judgments from which everyone but the discriminators can learn."""
        weights = {name: weight.detach() for name, weight in self.named_parameters()}
        judgments: list[Judgment] = torch.func.functional_call(self, weights, (wave,))
        return judgments


class _Judge(nn.Module):
    def __init__(self, size: int, channels: int) -> None:
        super().__init__()
        self.stft = Stft(size, size // 4)
        widths = (2, *[channels] * (len(_DILATIONS) + 1))
        strides = (1, *[2] * len(_DILATIONS))
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(
                    width, channels, (3, 9), stride=(1, stride), dilation=(dilation, 1), padding=(dilation, 4)
                )
            )
            for width, stride, dilation in zip(widths[:-1], strides, (1, *_DILATIONS), strict=True)
        )
        self.leave = weight_norm(nn.Conv2d(channels, 1, 3, padding=1))

    def forward(self, wave: Float[Tensor, "batch sample"]) -> Judgment:
        parts = torch.view_as_real(self.stft(wave)) / self.stft.size**0.5
        power = parts.square().sum(-1, keepdim=True).clamp(min=_LEAST**2)
        x = (parts / power**0.25).permute(0, 3, 1, 2)  # (batch, re and im, frame, bin)
        features = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        return Judgment(self.leave(x), tuple(features))
