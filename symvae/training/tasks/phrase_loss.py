"""The loss of the phrase VAE: the evidence lower bound, and a regularization of its faders' coordinates.

elbo             reconstruction and KL divergence (`symvae.objective.elbo`)
regularization   ties a fader's coordinate to its attribute (`symvae.objective.regularization`)
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn.functional import one_hot

from symvae.models.faders.critic import Critic
from symvae.models.phrase.vae import VAE, VAEOutput
from symvae.objective.elbo import LossTerms, elbo, with_divergence
from symvae.objective.faders import Faders
from symvae.objective.regularization import confusion_loss, geodesic, sign, squared

#: GLSR decodes each phrase twice more, so it is computed on one phrase in this many.
GEODESIC_EVERY = 4


class PhraseLoss(nn.Module):
    """The loss of a batch; a module, so that `DistributedDataParallel` can wrap it."""

    def __init__(
        self,
        model: VAE,
        *,
        free_nats: float,
        padding: int | None,
        faders: Faders | None = None,
        critic: Critic | None = None,
    ) -> None:
        """Combine the networks with the fixed choices of the objective.

        Args:
            model: The VAE.
            free_nats: KL divergence per phrase, in nats, that costs nothing.
            padding: The id that fills rows up; None where rows are always full.
            faders: Regularization of the first coordinates of z; None for none.
            critic: The attribute predictor that "glsr" and "adversarial" train beside the model.
        """
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
        """Compute the terms of the loss.

        Args:
            ids: Token ids of the phrases.
            dropped: Input tokens that the decoder does not see (word dropout).
            generator: Source of the posterior's noise and of scheduled sampling.
            beta: Weight of the KL divergence.
            sampling_rate: Share of input tokens that are the decoder's own (scheduled sampling).

        Returns:
            Batch means, in nats per phrase.
        """
        position = None if self.faders is None else self.faders.measure(ids)
        given = position if self.faders is not None and self.faders.given else None
        output = self.model(
            ids, generator=generator, dropped=dropped, sampling_rate=sampling_rate, given=given
        )
        drawn = output.posterior if given is None else output.posterior.without(given.shape[1])
        choice = {"beta": beta, "free_nats": self.free_nats}
        if output.nats is not None:
            loss = with_divergence(output.nats.mean(), drawn, **choice)
        else:
            assert output.logits is not None
            loss = elbo(output.logits, ids, drawn, padding=self.padding, **choice)
        if position is None:
            return loss
        extra = self._regularize(output, position, generator)
        return loss._replace(total=loss.total + extra, regularization=extra.detach())

    def _regularize(
        self, output: VAEOutput, position: Float[Tensor, "batch fader"], generator: torch.Generator
    ) -> Float[Tensor, ""]:
        assert self.faders is not None
        coordinates = (output.posterior.mean if self.faders.given else output.z)[:, : position.shape[1]]
        weight = self.faders.regularization_weight
        match self.faders.regularization:
            case "none":
                return coordinates.new_zeros(())
            case "sign":
                return weight * sign(coordinates, position)
            case "glsr":
                return self._geodesic(output.z, position.shape[1], generator)
            case "adversarial":
                return weight * squared(coordinates, position) + self._confusion(output.z, position)
            case _:
                return weight * squared(coordinates, position)

    def _confusion(
        self, z: Float[Tensor, "batch latent"], position: Float[Tensor, "batch fader"]
    ) -> Float[Tensor, ""]:
        """Adversarial terms: the critic predicts positions from the rest of z, the encoder prevents it."""
        assert self.critic is not None
        assert self.faders is not None
        rest = z[:, position.shape[1] :]
        confusion = confusion_loss(self.critic.frozen(rest))
        return self.faders.regularization_weight * confusion + squared(self.critic.detached(rest), position)

    def _geodesic(
        self, z: Float[Tensor, "batch latent"], faders: int, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Slope of one fader of each phrase, between decodings half a unit above and half a unit below."""
        assert self.critic is not None
        assert self.faders is not None
        z = z[::GEODESIC_EVERY]
        fader = torch.randint(faders, (len(z),), generator=generator, device=z.device)
        half = 0.5 * one_hot(fader, z.shape[1])
        moved = torch.cat([z + half, z - half])
        with torch.no_grad():
            decoded = self.model.decoder.generate(moved)
        probabilities = self.model.decoder(moved, decoded).float().softmax(-1).flatten(1)
        up, down = self.critic.frozen(probabilities).chunk(2)
        slope = (up - down).gather(1, fader[:, None])[:, 0]
        prediction = squared(self.critic.detached(probabilities), self.faders.measure(decoded))
        return self.faders.regularization_weight * geodesic(slope, faders) + prediction
