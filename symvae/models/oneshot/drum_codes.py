"""One-shot drum sounds as codes: an encoder, a residual quantizer, a decoder (VQ-VAE).

A sound is a short sequence of vectors, each the sum of an entry of every codebook (van den Oord et al. 2017,
arXiv 1711.00937; Zeghidour et al. 2021, arXiv 2107.03312).
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.dsp.stft import Stft
from symvae.models.oneshot.code_decoder import CodeDecoder
from symvae.models.oneshot.code_encoder import CodeEncoder
from symvae.models.oneshot.drum_network import DrumNetwork, class_embedding, level_distance
from symvae.nn.residual_vq import Quantized, ResidualVQ


class CodedSounds(NamedTuple):
    """Sounds as codes, in the place of a posterior."""

    mean: Float[Tensor, "batch position size"]
    """Sums of entries, which are decoded."""
    codes: Int[Tensor, "batch position level"]
    commitment: Float[Tensor, " batch"]
    entries: int
    """Entries of each codebook."""

    def kl_nats(self) -> Float[Tensor, "batch code"]:
        """KL divergence from uniformly distributed codes, in nats by code: the same for every sound."""
        return torch.full_like(self.codes.flatten(1), math.log(self.entries), dtype=torch.float32)


class CodeTerms(NamedTuple):
    """Parts of the loss of a batch."""

    levels: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes, in nepers."""
    mel: Float[Tensor, " batch"]
    """Mean absolute difference of log magnitudes on mel bands, in nepers."""
    commitment: Float[Tensor, " batch"]
    """Mean squared distance of the encoder's vectors from their entries."""
    codes: Int[Tensor, "batch position level"]


class DrumCodes(DrumNetwork):
    """Encoder, quantizer, decoder, and the way between their numbers and sound.

    Args:
        encoder: spectrogram to vectors.
        quantizer: vectors to codes.
        decoder: quantized vectors to spectrogram.
        classes: number of classes.
        class_size: width of a class's embedding.
        stft: the transform.
        samples: length of a sound.
        onset: sample at which every sound starts.
        phase_iterations: projections that improve the phases.
    """

    def __init__(
        self,
        encoder: CodeEncoder,
        quantizer: ResidualVQ,
        decoder: CodeDecoder,
        *,
        classes: int,
        class_size: int,
        stft: Stft,
        samples: int,
        onset: int,
        phase_iterations: int,
    ) -> None:
        super().__init__(stft=stft, samples=samples, onset=onset, phase_iterations=phase_iterations)
        self.encoder, self.quantizer, self.decoder = encoder, quantizer, decoder
        self.embed = class_embedding(classes, class_size)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.embed.in_features

    def encode(
        self,
        levels: Float[Tensor, "batch frame bin"],
        drum: Float[Tensor, "batch class"],
        generator: torch.Generator | None = None,
    ) -> CodedSounds:
        """Encode log magnitudes of sounds.

        Args:
            levels: the log magnitudes.
            drum: weights of their classes.
            generator: source of moved entries; given, the codebooks learn from the sounds.

        Returns:
            The sounds as codes.
        """
        vectors = self.encoder(self.normalize(levels), self.embed(drum))
        found: Quantized = self.quantizer(vectors, generator)
        return CodedSounds(found.vectors, found.codes, found.commitment, self.quantizer.size)

    def lookup(self, codes: Int[Tensor, "batch position level"]) -> Float[Tensor, "batch position size"]:
        """Quantized vectors of codes."""
        return self.quantizer.lookup(codes)

    def decode(
        self, vectors: Float[Tensor, "batch position size"], drum: Float[Tensor, "batch class"]
    ) -> Float[Tensor, "batch frame bin"]:
        """Decode log magnitudes from quantized vectors."""
        return self.denormalize(self.decoder(vectors, self.embed(drum)))

    def sound(
        self,
        vectors: Float[Tensor, "batch position size"],
        drum: Float[Tensor, "batch class"],
        generator: torch.Generator,
    ) -> Float[Tensor, "batch sample"]:
        """Synthesize sounds with a peak of 1.

        Args:
            vectors: quantized vectors.
            drum: weights of their classes.
            generator: source of chance, on the CPU.

        Returns:
            Samples.
        """
        return self.wave(self.decode(vectors, drum), generator)

    def terms(
        self,
        levels: Float[Tensor, "batch frame bin"],
        drum: Float[Tensor, "batch class"],
        filters: Float[Tensor, "bin mel"],
        generator: torch.Generator | None = None,
    ) -> CodeTerms:
        """Compare sounds with their reconstructions.

        Args:
            levels: log magnitudes of the sounds.
            drum: weights of their classes.
            filters: mel filters for the second distance.
            generator: source of moved entries; given, the codebooks learn from the sounds.

        Returns:
            The parts of the loss.
        """
        coded = self.encode(levels, drum, generator)
        distance = level_distance(self.decode(coded.mean, drum), levels, filters)
        return CodeTerms(*distance, coded.commitment, coded.codes)
