"""GrooveVAE: the touch of a drummer, given hits, and the hits of a kit, given taps.

After GrooVAE (Gillick et al. 2019, arXiv 1905.06118): hits, velocities and offsets are encoded to z by a
BiLSTM over sixteenths. Where it departs: offsets and velocities are drawn from mixtures, hit by hit, where
GrooVAE gives their means; z has a prior given the hits, style and tempo (a conditional VAE, Sohn et al.
2015), so a player who fits the beat can be drawn; and tap to drum has a decoder of its own.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from symvae.models.groove.cells import Condition, Touch
from symvae.models.groove.context import ConditionEmbedding, StepContext, Summary
from symvae.models.groove.hit_decoder import HitDecoder
from symvae.models.groove.touch_decoder import TouchDecoder
from symvae.nn.gaussian import DiagonalGaussian


class GrooveTerms(NamedTuple):
    """Terms of the objective, in nats for each phrase."""

    touch: Float[Tensor, " batch"]
    """Negative log probability of velocities and offsets, given hits and z."""
    kl: Float[Tensor, " batch"]
    """Divergence of the posterior of z from its prior."""
    hits: Float[Tensor, " batch"]
    """Negative log probability of hits, given taps."""


class GrooveVAE(nn.Module):
    """Encoder, prior and decoders of grooves.

    Args:
        drums: drum classes.
        steps_per_bar: steps of a bar.
        styles: known styles.
        latent_size: coordinates of z.
        condition_size: width of the embedding of style and tempo.
        context_size: units of each direction of the BiLSTMs.
        hidden_size: units of the decoders' LSTMs.
        head_size: units of each drum before its mixture.
        mixtures: components of a mixture.
        dropout: share of the context that training leaves out.
    """

    def __init__(
        self,
        *,
        drums: int,
        steps_per_bar: int,
        styles: int,
        latent_size: int,
        condition_size: int,
        context_size: int,
        hidden_size: int,
        head_size: int,
        mixtures: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.drums, self.styles, self.latent_size = drums, styles, latent_size
        self.condition = ConditionEmbedding(styles, condition_size)

        def context(in_size: int) -> StepContext:
            return StepContext(
                in_size,
                steps_per_bar=steps_per_bar,
                condition_size=condition_size,
                size=context_size,
                dropout=dropout,
            )

        self.hit_context, self.tap_context, self.encoder = context(drums), context(2), context(3 * drums)
        width = self.encoder.out_size
        self.posterior_head, self.prior_head = Summary(width, latent_size), Summary(width, latent_size)
        self.touch = TouchDecoder(
            drums,
            context_size=width,
            latent_size=latent_size,
            hidden_size=hidden_size,
            head_size=head_size,
            mixtures=mixtures,
        )
        self.hits = HitDecoder(drums, context_size=width, hidden_size=hidden_size)
        self.register_buffer("bit", 2 ** torch.arange(drums), persistent=False)

    bit: Tensor

    def posterior(self, touch: Touch, condition: Condition) -> DiagonalGaussian:
        """Posterior of z given a played phrase."""
        played = self.encoder(touch.features().flatten(2), self.condition(condition))
        return DiagonalGaussian(*self.posterior_head(played))

    def prior(self, hit: Bool[Tensor, "batch step drum"], condition: Condition) -> DiagonalGaussian:
        """Prior of z given the hits of a phrase."""
        return DiagonalGaussian(*self.prior_head(self.hit_context(hit.float(), self.condition(condition))))

    def terms(
        self,
        touch: Touch,
        condition: Condition,
        taps: Bool[Tensor, "batch step"],
        complete: Bool[Tensor, " batch"],
        generator: torch.Generator | None = None,
    ) -> GrooveTerms:
        """Terms of the objective for a batch.

        Args:
            touch: Played phrases.
            condition: Their style and tempo.
            taps: Steps that the decoder of hits knows.
            complete: True where the taps of a phrase are all of its steps with hits.
            generator: Source of the noise of z.

        Returns:
            The terms of each phrase.
        """
        of = self.condition(condition)
        context = self.hit_context(touch.hit.float(), of)
        prior = DiagonalGaussian(*self.prior_head(context))
        posterior = DiagonalGaussian(*self.posterior_head(self.encoder(touch.features().flatten(2), of)))
        z = posterior.sample(generator)
        ids = (touch.hit * self.bit).sum(-1)
        logits = self.hits(ids, self._tap_context(taps, complete, of))
        hits = nn.functional.cross_entropy(logits.float().transpose(1, 2), ids, reduction="none").sum(1)
        return GrooveTerms(-self.touch.log_prob(touch, context, z), kl_between(posterior, prior), hits)

    @torch.no_grad()
    def play(
        self,
        hit: Bool[Tensor, "batch step drum"],
        condition: Condition,
        *,
        z: Float[Tensor, "batch latent"] | None = None,
        noise: Float[Tensor, "batch latent"] | None = None,
        known: Touch | None = None,
        generator: torch.Generator | None = None,
        temperature: float = 1.0,
        player_temperature: float | None = None,
    ) -> Touch:
        """Draw velocities and offsets of hits.

        Args:
            hit: The hits.
            condition: Style and tempo.
            z: The player of each phrase; None draws one from the prior.
            noise: Standard normal noise of a player that is drawn; None draws it, too.
            known: Hits whose velocity and offset are given.
            generator: Source of chance.
            temperature: Scale of the spread of each hit.
            player_temperature: Scale of the spread of z; None for ``temperature``.

        Returns:
            The hits as they are played.
        """
        context = self.hit_context(hit.float(), self.condition(condition))
        if z is None:
            prior = DiagonalGaussian(*self.prior_head(context))
            if noise is None:
                noise = torch.randn(prior.mean.shape, generator=generator, device=prior.mean.device)
            spread = temperature if player_temperature is None else player_temperature
            z = prior.mean + spread * prior.std * noise
        return self.touch.sample(hit, context, z, known=known, generator=generator, temperature=temperature)

    @torch.no_grad()
    def orchestrate(
        self,
        taps: Bool[Tensor, "batch step"],
        condition: Condition,
        *,
        only_taps: bool,
        generator: torch.Generator | None = None,
        temperature: float = 1.0,
    ) -> Bool[Tensor, "batch step drum"]:
        """Draw the hits of a kit from taps.

        Args:
            taps: Steps that are tapped; each is hit.
            condition: Style and tempo.
            only_taps: No other step is hit.
            generator: Source of chance.
            temperature: Temperature of the sets.

        Returns:
            The hits.
        """
        complete = torch.full((len(taps),), only_taps, device=taps.device)
        context = self._tap_context(taps, complete, self.condition(condition))
        sets = torch.arange(2**self.drums, device=taps.device)
        allowed = torch.where(taps[..., None], sets > 0, (sets == 0) | (not only_taps))
        ids = self.hits.sample(context, allowed, generator=generator, temperature=temperature)
        return (ids[..., None] & self.bit) > 0

    def _tap_context(self, taps: Tensor, complete: Tensor, of: Tensor) -> Tensor:
        whole = complete[:, None].expand_as(taps)
        return self.tap_context(torch.stack([taps, whole], -1).float(), of)


def kl_between(left: DiagonalGaussian, right: DiagonalGaussian) -> Float[Tensor, " batch"]:
    """KL divergence of two Gaussians in nats, summed over coordinates."""
    difference = (left.mean - right.mean) / right.std
    ratio = 2 * (left.log_std - right.log_std)
    return 0.5 * (difference.square() + ratio.exp() - 1 - ratio).sum(-1)
