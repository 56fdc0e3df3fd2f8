"""What one training step asks of a model: the bound, and what ties coordinates to attributes.

Two terms:

    elbo             reconstruct, at the price of the divergence
    regularization   a fader's coordinate has to do with its attribute (`symvae.objective.regularization`)
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import one_hot

from symvae.models.faders.critic import Critic
from symvae.models.phrase.vae import VAE, VAEOutput
from symvae.objective.elbo import LossTerms, elbo
from symvae.objective.faders import Faders
from symvae.objective.regularization import confusion_loss, geodesic, sign, squared

#: GLSR looks at one phrase in so many, for it decodes each twice more.
GEODESIC_EVERY = 4


class TrainingStep(nn.Module):
    """The loss of a batch. A module, so that many processes can share it."""

    def __init__(
        self,
        model: VAE,
        *,
        free_nats: float,
        padding: int | None,
        faders: Faders | None = None,
        critic: Critic | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self.free_nats = free_nats
        self.padding = padding
        self.faders = faders
        self.critic = critic

    def forward(
        self,
        ids: Int[Tensor, "batch bar position"],
        *,
        dropped: Bool[Tensor, "batch bar position"],
        generator: torch.Generator,
        beta: float,
        sampling_rate: float,
    ) -> LossTerms:
        position = None if self.faders is None else self.faders.measure(ids)
        given = position if self.faders is not None and self.faders.given else None
        output = self.model(
            ids, generator=generator, dropped=dropped, sampling_rate=sampling_rate, given=given
        )
        drawn = output.posterior if given is None else output.posterior.without(given.shape[1])
        loss = elbo(output.logits, ids, drawn, beta=beta, free_nats=self.free_nats, padding=self.padding)
        if position is None:
            return loss
        extra = self._regularize(output, position, generator)
        return loss._replace(total=loss.total + extra, regularization=extra.detach())

    def _regularize(
        self, output: VAEOutput, position: Float[Tensor, "batch fader"], generator: torch.Generator
    ) -> Float[Tensor, ""]:
        assert self.faders is not None
        own = (output.posterior.mean if self.faders.given else output.z)[:, : position.shape[1]]
        weight = self.faders.regularization_weight
        match self.faders.regularization:
            case "none":
                return own.new_zeros(())
            case "sign":
                return weight * sign(own, position)
            case "glsr":
                return self._geodesic(output.z, position.shape[1], generator)
            case "adversarial":
                return weight * squared(own, position) + self._hidden(output.z, position)
            case _:
                return weight * squared(own, position)

    def _hidden(
        self, z: Float[Tensor, "batch latent"], position: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, ""]:
        """The critic learns to read the positions from the rest of z, which is not to be read."""
        assert self.critic is not None
        assert self.faders is not None
        rest = z[:, position.shape[1] :]
        told = confusion_loss(self.critic.frozen(rest))
        return self.faders.regularization_weight * told + squared(self.critic.detached(rest), position)

    def _geodesic(
        self, z: Float[Tensor, "batch latent"], faders: int, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """One fader of each phrase, half a unit up and half a unit down, both decoded by themselves."""
        assert self.critic is not None
        assert self.faders is not None
        z = z[::GEODESIC_EVERY]
        fader = torch.randint(faders, (len(z),), generator=generator, device=z.device)
        half = 0.5 * one_hot(fader, z.shape[1])
        moved = torch.cat([z + half, z - half])
        with torch.no_grad():
            heard = self.model.decoder.generate(moved)
        said = self.model.decoder(moved, heard).float().softmax(-1).flatten(1)
        up, down = self.critic.frozen(said).chunk(2)
        slope = (up - down).gather(1, fader[:, None])[:, 0]
        reading = squared(self.critic.detached(said), self.faders.measure(heard))
        return self.faders.regularization_weight * geodesic(slope, faders) + reading
