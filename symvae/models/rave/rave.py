"""RAVE: a waveform ↔ frames of z, some tens a second.

    waveform ─ bands (PQMF) ─ encoder ─ z ─ decoder ─ waveform, envelope and noise in bands ─ waveform

Caillon and Esling 2021 (arXiv 2111.05011). All of it is causal, so that it runs block by block; it is trained
to answer ``delay`` samples late, which is how far it may look ahead.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.models.rave.band_split import BandJoin, BandSplit
from symvae.models.rave.decoder import RaveDecoder
from symvae.models.rave.encoder import RaveEncoder
from symvae.models.rave.synthesis_head import SynthesisHead
from symvae.nn.causal_conv import end_stream, start_stream
from symvae.nn.gaussian import DiagonalGaussian

#: Bounds of the posterior's log standard deviation.
_LEAST, _MOST = -8.0, 2.0


class Rave(nn.Module):
    """Encoder and decoder of waveforms.

    Args:
        bands: Bands of the filter bank.
        strides: Rates of the encoder's stages.
        capacity: Channels at the rate of the bands.
        latent_size: Coordinates of a frame of z.
        dilations: Of the decoder's residual units.
        noise_stride: Band samples of a frame of the noise filters.
        delay: Samples by which the output is late.
    """

    def __init__(
        self,
        *,
        bands: int,
        strides: Sequence[int],
        capacity: int,
        latent_size: int,
        dilations: Sequence[int],
        noise_stride: int,
        delay: int,
    ) -> None:
        super().__init__()
        self.latent_size, self.delay = latent_size, delay
        self.ratio = bands * int(torch.tensor(strides).prod())
        self.split = BandSplit(bands)
        self.encoder = RaveEncoder(bands=bands, strides=strides, capacity=capacity, latent_size=latent_size)
        self.decoder = RaveDecoder(
            strides=strides, capacity=capacity, latent_size=latent_size, dilations=dilations
        )
        self.head = SynthesisHead(capacity, bands=bands, noise_stride=noise_stride)
        self.join = BandJoin(bands)

    def posterior(self, wave: Float[Tensor, "batch sample"]) -> DiagonalGaussian:
        """Posterior of all frames of all sounds as rows; the samples are a multiple of ``ratio``."""
        mean, log_std = self._columns(wave)
        return DiagonalGaussian(mean.transpose(1, 2).flatten(0, 1), log_std.transpose(1, 2).flatten(0, 1))

    def encode(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch latent frame"]:
        """Posterior means; the samples are a multiple of ``ratio``."""
        return self._columns(wave)[0]

    def decode(
        self, z: Float[Tensor, "batch latent frame"], noise_start: int = 0
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize; the sound is ``delay`` samples late.

        Args:
            z: Frames.
            noise_start: Where in its table the noise begins.

        Returns:
            ``ratio`` samples for each frame.
        """
        return self.join(self.head(self.decoder(z), noise_start))

    def whole(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch longer"]:
        """Append silence, so that all of a sound comes out of `decode`."""
        return functional.pad(wave, (0, self.delay + -(wave.shape[1] + self.delay) % self.ratio))

    def start_stream(self, streams: int = 1) -> None:
        """Go on from block to block, after silence: `encode` and `decode` then process a stream."""
        start_stream(self, streams)
        self.head.noise.position = torch.zeros((), dtype=torch.long, device=self.head.noise.table.device)

    def silence(self) -> None:
        """Let a stream begin again, after silence."""
        for name, state in self.named_buffers():
            if name.endswith(("past", "position")):
                state.zero_()

    def end_stream(self) -> None:
        """Process whole sounds again."""
        end_stream(self)
        self.head.noise.position = None

    def _columns(self, wave: Float[Tensor, "batch sample"]) -> tuple[Tensor, Tensor]:
        mean, log_std = self.encoder(self.split(wave)).chunk(2, 1)
        return mean, log_std.clamp(_LEAST, _MOST)
