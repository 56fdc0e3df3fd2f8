"""VAE of one-shot drum sounds: log magnitudes of linear frequency, with phases at decoding.

The network models magnitudes alone. Of a struck sound the ear knows no more: its phases are those of an
impulse at the onset, then noise (`symvae.dsp.struck`). Magnitudes are not reduced to mel bands, because
inverting these alone costs 12 dB.

A class is given as weights over all classes, one of them 1; a path between classes blends them.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.dsp.stft import Stft, log_magnitude
from symvae.dsp.struck import struck
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.models.oneshot.frame_encoder import FrameEncoder
from symvae.nn.gaussian import DiagonalGaussian

#: Magnitude of silence: 88 dB below that of a full-scale sine in a window of 1024 samples.
FLOOR = 1e-2
#: Nepers of log magnitude that are 1 for the network.
_SCALE = 3.0
#: Nepers above the floor below which a decoded magnitude fades to silence.
_GATE = 0.7


class DrumTerms(NamedTuple):
    """Parts of the loss of a batch."""

    levels: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes, in nepers."""
    mel: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes on mel bands, in nepers."""
    kl: Float[Tensor, " batch"]
    """KL divergence from the standard normal distribution, in nats."""


class DrumVAE(nn.Module):
    """Encoder, decoder, and the way between their numbers and sound.

    Args:
        encoder: spectrogram to posterior.
        decoder: z to spectrogram.
        classes: number of classes.
        class_size: width of a class's embedding.
        stft: the transform.
        samples: length of a sound.
        onset: sample at which every sound starts.
        phase_iterations: projections that improve the phases.
    """

    mean_level: Tensor
    """Mean log magnitude of each bin over training sounds."""

    def __init__(
        self,
        encoder: FrameEncoder,
        decoder: FrameDecoder,
        *,
        classes: int,
        class_size: int,
        stft: Stft,
        samples: int,
        onset: int,
        phase_iterations: int,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.embed = nn.Linear(classes, class_size, bias=False)
        nn.init.normal_(self.embed.weight)
        self.stft, self.samples, self.onset = stft, samples, onset
        self.phase_iterations = phase_iterations
        self.register_buffer("mean_level", torch.zeros(stft.bins))

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.embed.in_features

    def levels(self, wave: Float[Tensor, "batch sample"]) -> Float[Tensor, "batch frame bin"]:
        """Log magnitudes of sounds, at least that of `FLOOR`."""
        return log_magnitude(self.stft(wave), FLOOR)

    def encode(
        self, levels: Float[Tensor, "batch frame bin"], drum: Float[Tensor, "batch class"]
    ) -> DiagonalGaussian:
        """Encode log magnitudes of sounds of some classes."""
        return self.encoder((levels - self.mean_level) / _SCALE, self.embed(drum))

    def decode(
        self, z: Float[Tensor, "batch latent"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch frame bin"]:
        """Decode log magnitudes."""
        return self.decoder(z, self.embed(drum)).float() * _SCALE + self.mean_level

    def terms(
        self,
        levels: Float[Tensor, "batch frame bin"],
        drum: Float[Tensor, "batch class"],
        filters: Float[Tensor, "bin mel"],
        generator: torch.Generator,
    ) -> DrumTerms:
        """Compare sounds with their reconstructions.

        Args:
            levels: log magnitudes of the sounds.
            drum: weights of their classes.
            filters: mel filters for the second distance.
            generator: source of the posterior's noise.

        Returns:
            The parts of the loss.
        """
        posterior = self.encode(levels, drum)
        decoded = self.decode(posterior.sample(generator), drum)
        # A level below the floor is silence, whatever its number.
        decoded = torch.maximum(decoded, torch.full_like(decoded, _LEAST))
        mel = mel_levels(decoded, filters) - mel_levels(levels, filters)
        return DrumTerms(
            (decoded - levels).abs().mean((1, 2)), mel.abs().mean((1, 2)), posterior.kl_nats().sum(1)
        )

    def magnitudes(self, levels: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch frame bin"]:
        """Magnitudes of log magnitudes, which fade to nothing near the floor."""
        above = ((levels - _LEAST) / _GATE).clamp(0, 1)
        return levels.clamp(max=_MOST).exp() * above

    def wave(
        self,
        levels: Float[Tensor, "batch frame bin"],
        generator: torch.Generator,
        iterations: int | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds with a peak of 1 from log magnitudes.

        Args:
            levels: log magnitudes.
            generator: source of the noise in the phases, on the CPU.
            iterations: projections; None for those of the model.

        Returns:
            Samples; silence stays silence.
        """
        wave = struck(
            self.magnitudes(levels),
            self.stft,
            self.samples,
            onset=self.onset,
            iterations=self.phase_iterations if iterations is None else iterations,
            generator=generator,
        )
        # Before the onset there is nothing to hear.
        wave[:, : self.onset // 2] = 0
        return wave / wave.abs().amax(1, keepdim=True).clamp(min=1e-6)


_LEAST = float(torch.tensor(FLOOR).log())
#: Log magnitude of a sine of four times full scale: no sound with a peak of 1 has more.
_MOST = 7.0


def mel_levels(
    levels: Float[Tensor, "batch frame bin"], filters: Float[Tensor, "bin mel"]
) -> Float[Tensor, "batch frame mel"]:
    """Log magnitudes of mel bands, each the weighted mean of its bins."""
    return ((levels.clamp(max=_MOST).exp() @ filters) + FLOOR).log()
