"""DDSP decoder: fundamental, loudness and timbre → amplitudes of harmonics, and magnitudes of a noise filter.

Engel et al. 2020 (arXiv 2001.04643), appendix B.2: a stack of layers for each input, a recurrent layer over
all, and a stack that sees both. The network is causal, so a song of any length is decoded in blocks.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.dsp.harmonic import audible
from symvae.dsp.pitch import hz_to_pitch
from symvae.models.ddsp.layers import exp_sigmoid, mlp

#: Highest MIDI pitch, which scales the fundamental.
PITCHES = 127.0
#: Initial log level of noise, so that a network begins with little.
_QUIET = 5.0


class Controls(NamedTuple):
    """Input of the synthesizer for each frame."""

    amplitude: Float[Tensor, "batch frame harmonic"]
    """Of each harmonic; 0 from half the sample rate on."""
    noise: Float[Tensor, "batch frame band"]
    """Magnitudes of the noise filter."""


class DdspDecoder(nn.Module):
    """Controls from contours.

    Args:
        timbre_size: Coordinates of z.
        width: Units of the stacks.
        layers: Layers of each stack.
        hidden: Units of the recurrent layer.
        harmonics: Number of harmonics.
        noise_bands: Number of magnitudes.
        sample_rate: Hz.
    """

    def __init__(
        self,
        *,
        timbre_size: int,
        width: int,
        layers: int,
        hidden: int,
        harmonics: int,
        noise_bands: int,
        sample_rate: int,
    ) -> None:
        super().__init__()
        self.harmonics, self.sample_rate = harmonics, sample_rate
        self.pitch, self.loudness = mlp(1, width, layers), mlp(1, width, layers)
        self.timbre = nn.Linear(timbre_size, width)
        self.recurrent = nn.GRU(3 * width, hidden, batch_first=True)
        self.out = mlp(hidden + 2 * width, hidden, layers)
        self.heads = nn.Linear(hidden, 1 + harmonics + noise_bands)

    def forward(
        self,
        frequency_hz: Float[Tensor, "batch frame"],
        loudness: Float[Tensor, "batch frame"],
        timbre: Float[Tensor, "batch frame latent"],
        state: Float[Tensor, "1 batch hidden"] | None = None,
    ) -> tuple[Controls, Float[Tensor, "1 batch hidden"]]:
        """Decode frames.

        Args:
            frequency_hz: Fundamental.
            loudness: Scaled loudness (`symvae.dsp.perceived_loudness`).
            timbre: z of each frame.
            state: State after the frames before; None at the start.

        Returns:
            The controls, and the state after the last frame.
        """
        pitch = self.pitch(hz_to_pitch(frequency_hz)[..., None] / PITCHES)
        level = self.loudness(loudness[..., None])
        hidden, state = self.recurrent(torch.cat([pitch, level, self.timbre(timbre)], -1), state)
        total, shares, noise = self.heads(self.out(torch.cat([hidden, pitch, level], -1))).split(
            [1, self.harmonics, self.heads.out_features - 1 - self.harmonics], -1
        )
        shares = exp_sigmoid(shares) * audible(frequency_hz, self.harmonics, self.sample_rate)
        shares = shares / shares.sum(-1, keepdim=True).clamp(min=1e-7)
        return Controls(exp_sigmoid(total) * shares, exp_sigmoid(noise - _QUIET)), state
