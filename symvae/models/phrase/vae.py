"""The variational autoencoder: encoder, posterior sample, decoder. It handles ids and knows no music."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.phrase.conductor import Decoder
from symvae.models.phrase.encoder import Encoder
from symvae.nn.gaussian import DiagonalGaussian


class VAEOutput(NamedTuple):
    """One training pass."""

    logits: Float[Tensor, "batch bar position vocabulary"]
    posterior: DiagonalGaussian
    z: Float[Tensor, "batch latent"]


class VAE(nn.Module):
    """Kingma and Welling 2014 (arXiv 1312.6114) over sequences of bars."""

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

        The decoder is told what is ``given`` in place of the first coordinates that were drawn.

        ``dropped`` hides input tokens from the decoder (word dropout, Bowman et al. 2016, arXiv
        1511.06349). ``sampling_rate`` is the share of input tokens that are the decoder's own
        choices from a first pass (scheduled sampling, Bengio et al. 2015, arXiv 1506.03099, done
        for all steps at once as in Mihaylova and Martins 2019, arXiv 1906.07651).
        """
        posterior = self.encoder(ids)
        z = posterior.sample(generator)
        if given is not None:
            z = torch.cat([given, z[:, given.shape[1] :]], dim=1)
        inputs = ids
        if sampling_rate > 0:
            with torch.no_grad():
                own = self.decoder(z, ids, dropped).argmax(-1)
            coin = torch.rand(ids.shape, generator=generator, device=ids.device) < sampling_rate
            inputs = torch.where(coin, own, ids)
        return VAEOutput(self.decoder(z, inputs, dropped), posterior, z)
