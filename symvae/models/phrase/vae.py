"""Variational autoencoder of phrases: encoder, posterior sample, decoder.

It handles ids and knows no music.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.phrase.conductor import Decoder, DirectDecoder
from symvae.models.phrase.encoder import Encoder
from symvae.nn.gaussian import DiagonalGaussian


class VAEOutput(NamedTuple):
    """Result of one training pass."""

    logits: Float[Tensor, "batch bar position vocabulary"] | None
    """Logits of every token; None from a decoder that scores phrases directly."""
    posterior: DiagonalGaussian
    z: Float[Tensor, "batch latent"]
    nats: Float[Tensor, " batch"] | None = None
    """Negative log likelihood of each phrase from such a decoder."""


class VAE(nn.Module):
    """VAE over sequences of bars (Kingma and Welling 2014, arXiv 1312.6114)."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(
        self,
        ids: Int[Tensor, "batch bar position"],
        *,
        generator: torch.Generator | None = None,
        dropped: Bool[Tensor, "batch bar position"] | None = None,
        sampling_rate: float = 0.0,
        given: Float[Tensor, "batch fader"] | None = None,
    ) -> VAEOutput:
        """Encode, draw z, decode under teacher forcing.

        Args:
            ids: token ids.
            generator: source of the draws, on the device of ``ids``.
            dropped: input tokens hidden from the decoder (word dropout, Bowman et al. 2016, arXiv
                1511.06349).
            sampling_rate: share of the input tokens that are the decoder's own predictions from a first
                pass (scheduled sampling, Bengio et al. 2015, arXiv 1506.03099, for all steps in parallel
                as in Mihaylova and Martins 2019, arXiv 1906.07651).
            given: fader positions that replace the first coordinates of the sampled z.

        Returns:
            Logits of every token or the cost of each phrase, the posterior, and the z that was decoded.
        """
        posterior = self.encoder(ids)
        z = posterior.sample(generator)
        if given is not None:
            z = torch.cat([given, z[:, given.shape[1] :]], dim=1)
        if isinstance(self.decoder, DirectDecoder):
            return VAEOutput(None, posterior, z, self.decoder.nats(z, ids, dropped))
        inputs = ids
        if sampling_rate > 0:
            with torch.no_grad():
                own = self.decoder(z, ids, dropped).argmax(-1)
            coin = torch.rand(ids.shape, generator=generator, device=ids.device) < sampling_rate
            inputs = torch.where(coin, own, ids)
        return VAEOutput(self.decoder(z, inputs, dropped), posterior, z)
