"""Multi-scale STFT discriminators: is a sound real or synthesized, at each place of its spectrum?

Discriminators of complex spectra at several window lengths (Défossez et al. 2022, EnCodec, arXiv 2210.13438,
section 3.4), smaller than the paper's. Magnitudes are compressed by a square root, so that quiet parts count.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from symvae.dsp.stft import Stft

SIZES = (2048, 1024, 512, 256, 128)
CHANNELS = 16
_DILATIONS = (1, 2, 4)
_MIN_MAGNITUDE = 1e-3


class DiscriminatorOutput(NamedTuple):
    """Output at one window length."""

    logits: Float[Tensor, "batch 1 frame band"]
    """Above 0 for real."""
    features: tuple[Float[Tensor, "batch channel frame _"], ...]
    """Activations of each layer, for feature matching."""


class Discriminators(nn.Module):
    """One discriminator for each of ``sizes`` window lengths.

    Args:
        sizes: Window lengths in samples.
        channels: Channels of each layer.
    """

    def __init__(self, *, sizes: tuple[int, ...] = SIZES, channels: int = CHANNELS) -> None:
        super().__init__()
        self.discriminators = nn.ModuleList(_StftDiscriminator(size, channels) for size in sizes)

    def forward(self, wave: Float[Tensor, "batch sample"]) -> list[DiscriminatorOutput]:
        """Outputs with gradients to the discriminators."""
        return [discriminator(wave) for discriminator in self.discriminators]

    def frozen(self, wave: Float[Tensor, "batch sample"]) -> list[DiscriminatorOutput]:
        """Outputs with gradients to ``wave`` alone."""
        weights = {name: weight.detach() for name, weight in self.named_parameters()}
        outputs: list[DiscriminatorOutput] = torch.func.functional_call(self, weights, (wave,))
        return outputs

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Load weights; run states of release 0.1 call the discriminators "judges".

        Args:
            state_dict: Weights by name.
            strict: As in `torch.nn.Module.load_state_dict`.
            assign: As in `torch.nn.Module.load_state_dict`.

        Returns:
            Missing and unexpected names.
        """
        renamed = {name.replace("judges.", "discriminators.", 1): value for name, value in state_dict.items()}
        return super().load_state_dict(renamed, strict=strict, assign=assign)


class _StftDiscriminator(nn.Module):
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

    def forward(self, wave: Float[Tensor, "batch sample"]) -> DiscriminatorOutput:
        parts = torch.view_as_real(self.stft(wave)) / self.stft.size**0.5
        power = parts.square().sum(-1, keepdim=True).clamp(min=_MIN_MAGNITUDE**2)
        x = (parts / power**0.25).permute(0, 3, 1, 2)  # (batch, re and im, frame, bin)
        features = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        return DiscriminatorOutput(self.leave(x), tuple(features))
