"""VAE of one-shot drum sounds, with one of several decoders.

    encoder ─ z ─ frame decoder ─ magnitudes ─ phases of an impulse and iterations, or a phase network
                └ wave head, where there is one: samples without magnitudes

Decoders beside the frame decoder are trained on a finished VAE, so that all have the same z.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.dsp.stft import Stft
from symvae.models.oneshot.drum_network import DrumNetwork, class_embedding, level_distance
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.models.oneshot.frame_encoder import FrameEncoder
from symvae.models.oneshot.phase_network import PhaseNetwork
from symvae.models.oneshot.wave_head import WaveHead
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
        phases: network that makes the phases in their place.
        head: a module, decoder of samples; it is a `WaveHead`.
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
        phases: PhaseNetwork | None = None,
        head: nn.Module | None = None,
    ) -> None:
        super().__init__(stft=stft, samples=samples, onset=onset, phase_iterations=phase_iterations)
        self.encoder, self.decoder, self.phases, self.head = encoder, decoder, phases, head
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

    def sound(
        self,
        z: Float[Tensor, "batch latent"],
        drum: Float[Tensor, "batch class"],
        generator: torch.Generator,
        magnitudes: Float[Tensor, "batch frame bin"] | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds with a peak of 1, by the decoder that the model has.

        Args:
            z: latents.
            drum: weights of their classes.
            generator: source of chance, on the CPU.
            magnitudes: magnitudes that z decodes to, where they are known.

        Returns:
            Samples.
        """
        if isinstance(self.head, WaveHead):
            return self.finished(self.head.synthesize(z, self.embed(drum), generator))
        if magnitudes is None:
            magnitudes = self.magnitudes(self.decode(z, drum))
        return self.finished(self.with_phases(magnitudes, generator))

    def with_phases(
        self,
        magnitude: Float[Tensor, "batch frame bin"],
        generator: torch.Generator,
        iterations: int | None = None,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize magnitudes with phases of the network, or without one, of an impulse and noise.

        Args:
            magnitude: the magnitudes.
            generator: source of the noise, on the CPU.
            iterations: projections where there is no network; None for those of the model.

        Returns:
            Samples at any level.
        """
        if self.phases is not None:
            return self.phases(magnitude)
        return super().with_phases(magnitude, generator, iterations)

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
