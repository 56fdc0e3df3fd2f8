"""VAE of one-shot drum sounds."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.stft import Stft
from symvae.models.oneshot.drum_network import DrumNetwork, class_embedding, level_distance
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.models.oneshot.frame_encoder import FrameEncoder
from symvae.nn.gaussian import DiagonalGaussian


class DrumTerms(NamedTuple):
    """Parts of the loss of a batch."""

    levels: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes, in nepers."""
    mel: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes on mel bands, in nepers."""
    kl: Float[Tensor, " batch"]
    """KL divergence from the standard normal distribution, in nats."""


class DrumVAE(DrumNetwork):
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
        super().__init__(stft=stft, samples=samples, onset=onset, phase_iterations=phase_iterations)
        self.encoder, self.decoder = encoder, decoder
        self.embed = class_embedding(classes, class_size)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.embed.in_features

    def encode(
        self, levels: Float[Tensor, "batch frame bin"], drum: Float[Tensor, "batch class"]
    ) -> DiagonalGaussian:
        """Encode log magnitudes of sounds of some classes."""
        return self.encoder(self.normalize(levels), self.embed(drum))

    def decode(
        self, z: Float[Tensor, "batch latent"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch frame bin"]:
        """Decode log magnitudes."""
        return self.denormalize(self.decoder(z, self.embed(drum)))

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
        distance = level_distance(decoded, levels, filters)
        return DrumTerms(*distance, posterior.kl_nats().sum(1))
