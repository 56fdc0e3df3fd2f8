"""DDSP: a harmonic oscillator bank and filtered noise, controlled by a decoder.

Engel et al. 2020, "DDSP: Differentiable Digital Signal Processing" (arXiv 2001.04643). A timbre is a point z
for each instrument. There is no learned reverberation: the sounds that are learned are dry.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor, nn

from symvae.dsp.filtered_noise import filtered, noise, reach
from symvae.dsp.harmonic import harmonic_bank
from symvae.models.ddsp.decoder import Controls, DdspDecoder
from symvae.models.ddsp.touch import Touch


class StreamState(NamedTuple):
    """All that a block of frames leaves to the next one."""

    decoder: Float[Tensor, "1 batch hidden"]
    phase: Float64[Tensor, " batch"]
    """In cycles."""
    frequency_hz: Float[Tensor, "batch 1"]
    """Of the last frame, whose sound begins the next block."""
    last: Controls
    """Controls of the last two frames; of the first frame twice where there is one."""
    sample: int
    """Number of the sample at the last frame."""


class Ddsp(nn.Module):
    """The synthesizer of single lines.

    Args:
        decoder: Contours → controls.
        touch: Notes → loudness.
        timbres: Number of timbres.
        timbre_size: Coordinates of z.
        sample_rate: Hz.
        hop: Samples from frame to frame.
    """

    def __init__(
        self,
        decoder: DdspDecoder,
        touch: Touch,
        *,
        timbres: int,
        timbre_size: int,
        sample_rate: int,
        hop: int,
    ) -> None:
        super().__init__()
        self.timbres = nn.Embedding(timbres, timbre_size)
        self.decoder, self.touch = decoder, touch
        self.sample_rate, self.hop = sample_rate, hop

    @property
    def frame_sec(self) -> float:
        """Seconds from frame to frame."""
        return self.hop / self.sample_rate

    def z(self, timbre: Int[Tensor, " batch"], frames: int) -> Float[Tensor, "batch frame latent"]:
        """Places of timbres, for each frame."""
        return self.timbres(timbre)[:, None].expand(-1, frames, -1)

    def forward(
        self,
        frequency_hz: Float[Tensor, "batch frame"],
        loudness: Float[Tensor, "batch frame"],
        timbre: Float[Tensor, "batch frame latent"],
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize whole contours.

        Args:
            frequency_hz: Fundamental of each frame.
            loudness: Scaled loudness.
            timbre: z of each frame.

        Returns:
            Samples from the first frame up to the last, ``hop`` for each but it.
        """
        return self.block(frequency_hz, loudness, timbre)[0]

    def block(
        self,
        frequency_hz: Float[Tensor, "batch frame"],
        loudness: Float[Tensor, "batch frame"],
        timbre: Float[Tensor, "batch frame latent"],
        state: StreamState | None = None,
        *,
        first_sample: int = 0,
    ) -> tuple[Float[Tensor, "batch sample"], StreamState]:
        """Synthesize the next frames of a stream.

        Args:
            frequency_hz: Fundamental of each frame.
            loudness: Scaled loudness.
            timbre: z of each frame.
            state: State that the block before returned; None at the start.
            first_sample: Number of the first sample of a stream, which chooses its noise.

        Returns:
            Samples up to the last frame, whose own sound begins the next block; and the state. The first
            block has ``hop`` samples for each frame but one, others for each frame.
        """
        controls, hidden = self.decoder(
            frequency_hz, loudness, timbre, None if state is None else state.decoder
        )
        if state is None:
            before = Controls(*(column[:, :1] for column in controls))
            phase, sample = None, first_sample
        else:
            before = Controls(*(column[:, :1] for column in state.last))
            here = Controls(*(column[:, 1:] for column in state.last))
            controls = Controls(*(torch.cat(pair, 1) for pair in zip(here, controls, strict=True)))
            frequency_hz = torch.cat([state.frequency_hz, frequency_hz], 1)
            phase, sample = state.phase, state.sample
        tone, end = harmonic_bank(frequency_hz, controls.amplitude, self.hop, self.sample_rate, phase)
        breath = self._noise(torch.cat([before.noise, controls.noise], 1), sample)
        ahead = tone.shape[1]
        last = Controls(*(torch.cat([b, c], 1)[:, -2:] for b, c in zip(before, controls, strict=True)))
        after = StreamState(hidden, end, frequency_hz[:, -1:], last, sample + ahead)
        return tone + breath, after

    def _noise(
        self, magnitude: Float[Tensor, "batch frame band"], first_sample: int
    ) -> Float[Tensor, "batch sample"]:
        """Filtered noise between the second frame and the last, with a block to each side as a margin."""
        batch, frames, bands = magnitude.shape
        wave = noise(first_sample - self.hop, frames * self.hop).to(magnitude)
        made = filtered(wave.expand(batch, -1), magnitude)
        start = self.hop + reach(bands)
        return made[:, start : start + (frames - 2) * self.hop]
