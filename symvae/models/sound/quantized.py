"""A timbre in a few words: what the encoder says, rounded to entries of codebooks.

Each codebook rounds what the ones before it have left over (residual vector quantization: van den Oord et
al. 2017, arXiv 1711.00937; Zeghidour et al. 2021, SoundStream, arXiv 2107.03312). The entries follow what
is rounded to them by a running mean; one that nothing is rounded to is moved to where something is. The
quantizer is that of vector-quantize-pytorch, which draws such places from torch's global generator: here
that one is seeded by the step and put back, so that a run that is resumed goes the same way.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.errors import ConfigError
from symvae.models.sound.spectrogram_vae import TimbreEncoder

_DECAY = 0.95
#: An entry that takes part in fewer clips a step than this, in the running mean, is moved.
_RARE = 0.05
_COMMITMENT = 0.25


@dataclass(frozen=True)
class Quantized:
    """A posterior without width: one z, and the entries that it is the sum of."""

    mean: Float[Tensor, "batch latent"]
    """Its gradient goes to what was rounded."""
    codes: Int[Tensor, "batch codebook"]
    entries: int
    """In each codebook."""
    commitment: Float[Tensor, ""]
    """How far the encoder is from what it is rounded to, weighed for the loss."""

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "batch latent"]:
        """z: there is no chance in it."""
        return self.mean

    def kl_nats(self) -> Float[Tensor, "batch codebook"]:
        """Divergence from codes drawn evenly: the same for every clip, in nats by codebook."""
        return torch.full(self.codes.shape, math.log(self.entries), device=self.mean.device)


def perplexity(codes: Int[Tensor, "clip codebook"]) -> Float[Tensor, " codebook"]:
    """How many entries of each codebook are in use, as many as would be if all were used as much.

    1 where every clip has the same entry; at most the number of clips.
    """
    share = torch.stack([column.bincount(minlength=int(codes.max()) + 1) for column in codes.T]) / len(codes)
    return torch.special.entr(share).sum(-1).exp()


class QuantizedEncoder(nn.Module):
    """A timbre encoder whose mean is rounded; its deviation is not used."""

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
            threshold_ema_dead_code=_RARE,
            commitment_weight=_COMMITMENT,
        )
        self.register_buffer("step", torch.zeros((), dtype=torch.long))

    def forward(self, log_mel: Float[Tensor, "batch frame mel"]) -> Quantized:
        """The nearest sum of entries to what the encoder says of each clip."""
        said = self.encoder(log_mel).mean
        devices = [said.device] if said.is_cuda else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(int(self.step))
            z, codes, commitment = self.quantizer(said[:, None])
        if self.training:
            self.step += 1
        return Quantized(z[:, 0], codes[:, 0], self.codebook_size, commitment.sum())

    def lookup(self, codes: Int[Tensor, "batch codebook"]) -> Float[Tensor, "batch latent"]:
        """The z that these entries make."""
        z: Tensor = self.quantizer.get_output_from_indices(codes[:, None])
        return z[:, 0]
