"""RAVE's decoder for one-shot sounds: a whole hit in one pass.

    z and class ─ frames ─ upsampling and dilated residuals ─ waveform, envelope and noise in bands ─ samples

Caillon and Esling 2021 (arXiv 2111.05011), section 4.1. Departures: the frames unfold from one z of the
whole sound, and the start of the bands is dropped by as much as the filter bank is late.
"""

from collections.abc import Sequence
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.dsp.pqmf import Pqmf
from symvae.models.oneshot.hit_frames import HitFrames
from symvae.models.rave.band_split import BandJoin
from symvae.models.rave.decoder import RaveDecoder
from symvae.models.rave.synthesis_head import NOISE_PERIOD, SynthesisHead

#: Channels of a frame before its block, as a share of those after it.
_CODE_SHARE = 2


class RaveHead(nn.Module):
    """Samples from z in one pass.

    Args:
        latent_size: Coordinates of z.
        condition: Width of the class's embedding.
        summary: Units between z and all frames.
        width: Channels of a frame.
        bands: Bands of the filter bank.
        strides: Rates of the stages.
        capacity: Channels at the rate of the bands.
        dilations: Of the residual units of each stage.
        noise_stride: Band samples of a frame of the noise filters.
        samples: Length of a sound.
    """

    def __init__(
        self,
        *,
        latent_size: int,
        condition: int,
        summary: int,
        width: int,
        bands: int,
        strides: Sequence[int],
        capacity: int,
        dilations: Sequence[int],
        noise_stride: int,
        samples: int,
    ) -> None:
        super().__init__()
        self.samples, self.late = samples, Pqmf(bands).reach
        self.frames = HitFrames(
            frames=-(-(samples + self.late) // (bands * prod(strides))),
            latent_size=latent_size,
            condition=condition,
            summary=summary,
            code=max(width // _CODE_SHARE, 1),
            width=width,
        )
        self.decoder = RaveDecoder(strides=strides, capacity=capacity, latent_size=width, dilations=dilations)
        self.head = SynthesisHead(capacity, bands=bands, noise_stride=noise_stride)
        self.join = BandJoin(bands)

    def forward(
        self,
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        noise_start: int = 0,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds.

        Args:
            z: Latents.
            condition: Embeddings of their classes.
            noise_start: Where in its table the noise begins.

        Returns:
            Samples.
        """
        frames = self.frames(z, condition).frames.transpose(1, 2)
        wave = self.join(self.head(self.decoder(frames), noise_start))
        return wave[:, self.late : self.late + self.samples]

    def synthesize(
        self,
        z: Float[Tensor, "batch latent"],
        condition: Float[Tensor, "batch condition"],
        generator: torch.Generator,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds with noise from a random place of its table.

        Args:
            z: Latents.
            condition: Embeddings of their classes.
            generator: Source of the place, on the CPU.

        Returns:
            Samples.
        """
        return self(z, condition, int(torch.randint(NOISE_PERIOD, (), generator=generator)))
