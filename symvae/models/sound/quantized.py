"""Quantized timbre latents by residual vector quantization.

Each codebook quantizes the residual of those before it (van den Oord et al. 2017, arXiv 1711.00937; Zeghidour
et al. 2021, SoundStream, arXiv 2107.03312). Entries are running means of the vectors assigned to them; dead
entries are moved to vectors of the batch. The quantizer is that of vector-quantize-pytorch, which draws these
vectors from torch's global generator: it is seeded by the step and restored, so that a resumed run is equal.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.errors import ConfigError
from symvae.models.sound.timbre_encoder import TimbreEncoder

_DECAY = 0.95
#: Entries with fewer assigned clips a step than this, in the running mean, are dead.
_DEAD = 0.05
_COMMITMENT = 0.25


@dataclass(frozen=True)
class Quantized:
    """A deterministic posterior: z, and the codebook entries that sum to it."""

    mean: Float[Tensor, "batch latent"]
    """z, with a straight-through gradient to the encoder's output."""
    codes: Int[Tensor, "batch codebook"]
    entries: int
    """Entries of each codebook."""
    commitment: Float[Tensor, ""]
    """Commitment loss, weighted: distance of the encoder's output from its quantized value."""

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "batch latent"]:
        """z; the generator is not used."""
        return self.mean

    def kl_nats(self) -> Float[Tensor, "batch codebook"]:
        """KL divergence from uniformly distributed codes, in nats by codebook: the same for every clip."""
        return torch.full(self.codes.shape, math.log(self.entries), device=self.mean.device)


def perplexity(codes: Int[Tensor, "clip codebook"]) -> Float[Tensor, " codebook"]:
    """Perplexity of each codebook: its effective number of entries in use.

    1 where every clip has the same entry; at most the number of clips.
    """
    share = torch.stack([column.bincount(minlength=int(codes.max()) + 1) for column in codes.T]) / len(codes)
    return torch.special.entr(share).sum(-1).exp()


class QuantizedEncoder(nn.Module):
    """A timbre encoder whose mean is quantized; its deviation is not used.

    Args:
        encoder: Log-mel → Gaussian posterior.
        codebooks: Number of codebooks.
        codebook_size: Entries of each codebook.

    Raises:
        ConfigError: Where vector-quantize-pytorch is not installed.
    """

    step: Int[Tensor, ""]

    def __init__(self, encoder: TimbreEncoder, *, codebooks: int, codebook_size: int) -> None:
        super().__init__()
        try:
            from vector_quantize_pytorch import ResidualVQ
        except ImportError as fault:
            raise ConfigError(
                'model.bottleneck "vq" needs vector-quantize-pytorch. '
                'Install it: pip install "symvae[variants]".'
            ) from fault
        self.encoder = encoder
        self.codebook_size = codebook_size
        self.quantizer = ResidualVQ(
            dim=encoder.mean.out_features,
            num_quantizers=codebooks,
            codebook_size=codebook_size,
            decay=_DECAY,
            threshold_ema_dead_code=_DEAD,
            commitment_weight=_COMMITMENT,
        )
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    def forward(self, log_mel: Float[Tensor, "batch frame mel"]) -> Quantized:
        """Quantized posterior of each clip."""
        mean = self.encoder(log_mel).mean
        devices = [mean.device] if mean.is_cuda else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(int(self.step))
            z, codes, commitment = self.quantizer(mean[:, None])
        if self.training:
            self.step += 1
        return Quantized(z[:, 0], codes[:, 0], self.codebook_size, commitment.sum())

    def lookup(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, "batch latent"]:
        """z of these codes: the sum of their entries."""
        z: Tensor = self.quantizer.get_output_from_indices(codes[:, None])
        return z[:, 0]
