"""What one training step asks of a model: the bound, and what ties coordinates to attributes.

Two terms:

    elbo             reconstruct, at the price of the divergence
    regularization   a fader's coordinate is its attribute's position (`symvae.objective.regularization`)
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.vae import VAE
from symvae.objective.elbo import LossTerms, elbo
from symvae.objective.faders import Faders
from symvae.objective.regularization import sign, squared


class TrainingStep(nn.Module):
    """The loss of a batch. A module, so that many processes can share it."""

    def __init__(
        self,
        model: VAE,
        *,
        free_nats: float,
        padding: int | None,
        faders: Faders | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.free_nats = free_nats
        self.padding = padding
        self.faders = faders

    def forward(
        self,
        ids: Int[Tensor, "batch bar position"],
        *,
        dropped: Bool[Tensor, "batch bar position"],
        generator: torch.Generator,
        beta: float,
        sampling_rate: float,
    ) -> LossTerms:
        output = self.model(ids, generator=generator, dropped=dropped, sampling_rate=sampling_rate)
        loss = elbo(
            output.logits, ids, output.posterior, beta=beta, free_nats=self.free_nats, padding=self.padding
        )
        if self.faders is None:
            return loss
        position = self.faders.measure(ids)
        mean = output.posterior.mean
        extra = self._regularize(mean, position)
        return loss._replace(total=loss.total + extra, regularization=extra.detach())

    def _regularize(
        self, mean: Float[Tensor, "batch latent"], position: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, ""]:
        assert self.faders is not None
        own = mean[:, : position.shape[1]]
        kind = self.faders.regularization
        if kind == "none":
            return own.new_zeros(())
        loss = sign(own, position) if kind == "sign" else squared(own, position)
        return self.faders.regularization_weight * loss
