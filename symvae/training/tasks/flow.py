"""Flow matching on the posteriors of training phrases."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import PlainVelocity
from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.mixed import mixed

#: A coordinate that says less than this, in nats on average, is not used.
_UNUSED_NATS = 0.02


class FlowTraining:
    """The moving parts of a prior being trained, step by step; a state that was kept goes on bit-equal."""

    def __init__(
        self,
        prior: FlowPrior,
        posterior: DiagonalGaussian,
        *,
        steps: int,
        batch_size: int,
        learning_rate: float,
        seed: int = 0,
        posterior_temperature: float = 1.0,
        time_sampling: str = "uniform",
        slowest_average: float = 0.005,
        clip_norm: float = 0.0,
    ) -> None:
        """``posterior`` holds training phrases; ``posterior_temperature`` scales its noise.

        ``time_sampling`` is "uniform", or "logit_normal", which draws more times from the middle of the path,
        where there is most to learn (Esser et al. 2024, arXiv 2403.03206).
        """
        self.mean = posterior.mean[:, prior.active]
        self.std = posterior_temperature * posterior.std[:, prior.active]
        self.posterior_temperature = posterior_temperature
        self.batch_size = batch_size
        self.steps = steps
        self.time_sampling = time_sampling
        self.slowest_average = slowest_average
        self.clip_norm = clip_norm
        self.learner = prior
        self.average = copy.deepcopy(prior).requires_grad_(False)
        self.generator = torch.Generator().manual_seed(seed)
        self.optimizer = torch.optim.AdamW(prior.parameters(), lr=learning_rate, weight_decay=0.0)
        self.rate = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, learning_rate, total_steps=steps, pct_start=0.05
        )
        self.step = 0

    def advance(self) -> float:
        """One step; the loss."""
        rows = torch.randint(len(self.mean), (self.batch_size,), generator=self.generator)
        drawn = torch.randn((len(rows), self.mean.shape[1]), generator=self.generator)
        loss = self.loss(self.learner, self.mean[rows] + self.std[rows] * drawn, self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.clip_norm:
            nn.utils.clip_grad_norm_(self.learner.parameters(), self.clip_norm)
        self.optimizer.step()
        self.rate.step()
        self.step += 1
        share = max(self.slowest_average, 1 / self.step)
        with torch.no_grad():
            for kept, weight in zip(self.average.parameters(), self.learner.parameters(), strict=True):
                kept.lerp_(weight, share)
        return loss.item()

    def loss(
        self, prior: FlowPrior, music: Float[Tensor, "batch used"], generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """How far a prior's velocity is from the straight way to ``music``, at a random time of each."""
        noise = torch.randn(music.shape, generator=generator)
        if self.time_sampling == "logit_normal":
            time = torch.randn((len(music), 1), generator=generator).sigmoid()
        else:
            time = torch.rand((len(music), 1), generator=generator)
        with mixed("cpu"):
            velocity = prior.velocity((1 - time) * noise + time * music, time)
        return (velocity.float() - (music - noise)).square().mean()

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on from here."""
        return {
            "learner": self.learner.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rate": self.rate.state_dict(),
            "generator": self.generator.get_state(),
            "step": self.step,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        for name in ("learner", "average", "optimizer", "rate"):
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.step = state["step"]


def used_coordinates(posterior: DiagonalGaussian) -> Bool[Tensor, " latent"]:
    """Which coordinates say anything of phrases. Raises `LatentError` when none does."""
    active = posterior.kl_nats().mean(0) > _UNUSED_NATS
    if not active.any():
        raise LatentError("The posteriors are the prior: z says nothing. Train the model with a lower beta.")
    return active


def fit_flow(
    posterior: DiagonalGaussian,
    *,
    steps: int = 4000,
    batch_size: int = 512,
    learning_rate: float = 2e-3,
    width: int = 512,
    seed: int = 0,
    watch: Callable[[float], None] = lambda share: None,
) -> FlowPrior:
    """A plain flow that ends at draws of ``posterior`` (training phrases): the average of its last weights.

    Raises `LatentError` when no coordinate of z is used, so that there is nothing to learn.
    """
    active = used_coordinates(posterior)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prior = FlowPrior(active, PlainVelocity(int(active.sum()), width))
    training = FlowTraining(
        prior, posterior, steps=steps, batch_size=batch_size, learning_rate=learning_rate, seed=seed
    )
    while training.step < steps:
        training.advance()
        watch(training.step / steps)
    return training.average.eval()
