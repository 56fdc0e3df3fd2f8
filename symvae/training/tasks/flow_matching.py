"""Flow matching: a velocity field between noise and the posteriors of training phrases.

At a point between a draw of noise and a draw of a posterior, the network regresses the difference of the two
(Lipman et al. 2023, arXiv 2210.02747; Liu et al. 2023, arXiv 2209.03003).
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from symvae.errors import LatentError
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import PlainVelocity
from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.mixed import mixed
from symvae.system.artifacts import save_prior
from symvae.training.loop import run
from symvae.training.one_cycle import one_cycle
from symvae.training.run import Base
from symvae.training.state import TrainingState, fresh_average
from symvae.training.task import Loss, Objective, Plan

#: A coordinate whose mean KL divergence is below this, in nats, is not used by the model.
UNUSED_NATS = 0.02
#: Shares of phrases of which a conditioned prior learns without any attribute, and without each single one.
ALL_HIDDEN, ONE_HIDDEN = 0.15, 0.1
_VALIDATION_SEED = 0


class FlowTask:
    """A flow prior that learns to end at draws of posteriors."""

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
        evaluate_every: int = 0,
        held_out: DiagonalGaussian | None = None,
        attributes: Float[Tensor, "phrase attribute"] | None = None,
        attribute_noise: float = 0.0,
        weight: Float64[np.ndarray, " phrase"] | None = None,
        choice: Any = None,
        base: Base | None = None,
    ) -> None:
        """Set up the optimizer and the average.

        Args:
            prior: The flow; trained in place.
            posterior: Posteriors of training phrases.
            steps: Steps of the whole training.
            batch_size: Phrases a step.
            learning_rate: Peak of the one-cycle schedule.
            seed: Seed of rows, noise and times.
            posterior_temperature: Scale of the posteriors' standard deviations.
            time_sampling: "uniform", or "logit_normal", which draws more times from the middle of the path
                (Esser et al. 2024, arXiv 2403.03206).
            slowest_average: Share of the new weights in the running average, late in training.
            clip_norm: Largest gradient norm; 0: any.
            evaluate_every: Steps between validations; 0: only after the last step.
            held_out: Posteriors of validation phrases; None for no validation.
            attributes: Standardized attributes of the training phrases, for a prior that they condition.
            attribute_noise: Standard deviation of noise on them (conditioning augmentation: Ho et al. 2022,
                arXiv 2106.15282), so that no phrase is known by its own.
            weight: How often each phrase is drawn, in proportion; None for all alike.
            choice: All choices, for the state's file.
            base: The model whose posteriors they are.
        """
        self.mean = posterior.mean[:, prior.active]
        self.std = posterior_temperature * posterior.std[:, prior.active]
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.time_sampling = time_sampling
        self.slowest_average = slowest_average
        self.posterior_temperature = posterior_temperature
        self.held_out = held_out
        self.attributes, self.attribute_noise = attributes, attribute_noise
        self.weight = None if weight is None else torch.from_numpy(weight)
        self.choice, self.base = choice, base
        self.prior, self.average = prior, fresh_average(prior)
        self.generator = torch.Generator().manual_seed(seed)
        optimizer = torch.optim.AdamW(prior.parameters(), lr=learning_rate, weight_decay=0.0)
        self.state = TrainingState({"learner": prior}, optimizer, self.average, self.generator)
        self.plan = Plan(steps, evaluate_every or steps, {"learner": clip_norm or math.inf})

    def settings(self, step: int) -> dict[str, Any]:
        return one_cycle(step, self.plan.steps, self.learning_rate)

    def loss(self, step: int) -> Loss:
        rows = self._rows()
        noise = torch.randn((len(rows), self.mean.shape[1]), generator=self.generator)
        music = self.mean[rows] + self.std[rows] * noise
        asked = None if self.attributes is None else self._blurred(self.attributes[rows])
        value = flow_matching_loss(self.prior, music, self.generator, self.time_sampling, asked)
        return Loss((Objective(value),), {"train_loss": value.detach()})

    def _rows(self) -> Int[Tensor, " batch"]:
        if self.weight is None:
            return torch.randint(len(self.mean), (self.batch_size,), generator=self.generator)
        return torch.multinomial(self.weight, self.batch_size, replacement=True, generator=self.generator)

    def _blurred(self, attributes: Float[Tensor, "batch attribute"]) -> Float[Tensor, "batch attribute"]:
        """Hide all attributes of some phrases and single ones of others, and add noise to the rest."""
        hidden = torch.rand(len(attributes), 1, generator=self.generator) < ALL_HIDDEN
        hidden = hidden | (torch.rand(attributes.shape, generator=self.generator) < ONE_HIDDEN)
        if self.attribute_noise:
            noise = torch.randn(attributes.shape, generator=self.generator)
            attributes = attributes + self.attribute_noise * noise
        return attributes.masked_fill(hidden, math.nan)

    def average_share(self, step: int) -> float:
        return max(self.slowest_average, 1 / step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        if self.held_out is None:
            return {}
        generator = torch.Generator().manual_seed(_VALIDATION_SEED)
        music = self.held_out.sample(generator, self.posterior_temperature)[:, self.average.active]
        loss = flow_matching_loss(self.average, music, generator, self.time_sampling)
        return {"validation_loss": loss.item()}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_prior(folder, self.average)


def flow_matching_loss(
    prior: FlowPrior,
    music: Float[Tensor, "batch used"],
    generator: torch.Generator,
    time_sampling: str,
    attributes: Float[Tensor, "batch attribute"] | None = None,
) -> Float[Tensor, ""]:
    """Mean squared error of a prior's velocity against the straight path from noise to music.

    Args:
        prior: The flow.
        music: Draws of posteriors, in the coordinates that the prior moves.
        generator: Source of the noise and of one time from 0 to 1 for each draw.
        time_sampling: "uniform" or "logit_normal".
        attributes: Standardized attributes of each phrase that the prior is conditioned on, nan where one is
            unknown; None for an unconditioned prior.

    Returns:
        The error, averaged over batch and coordinates.
    """
    noise = torch.randn(music.shape, generator=generator)
    if time_sampling == "logit_normal":
        time = torch.randn((len(music), 1), generator=generator).sigmoid()
    else:
        time = torch.rand((len(music), 1), generator=generator)
    with mixed("cpu"):
        condition = () if attributes is None else (attributes,)
        velocity = prior.velocity((1 - time) * noise + time * music, time, *condition)
    return (velocity.float() - (music - noise)).square().mean()


def used_coordinates(posterior: DiagonalGaussian) -> Bool[Tensor, " latent"]:
    """Coordinates of z that carry information about phrases.

    Raises:
        LatentError: No coordinate does: the posteriors have collapsed to the prior.
    """
    active = posterior.kl_nats().mean(0) > UNUSED_NATS
    if not active.any():
        raise LatentError(
            "z carries no information: every posterior equals the prior. Train the model with a lower beta."
        )
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
    """Fit a plain flow to posteriors in one call, with nothing kept on disk.

    Args:
        posterior: Posteriors of training phrases.
        steps: Steps of training.
        batch_size: Phrases a step.
        learning_rate: Peak of the one-cycle schedule.
        width: Hidden units of the velocity network.
        seed: Seed of the initial weights and of training.
        watch: Called with the share of training that is done, from 0 to 1.

    Returns:
        The prior with averaged weights.

    Raises:
        LatentError: No coordinate of z carries information.
    """
    active = used_coordinates(posterior)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        prior = FlowPrior(active, PlainVelocity(int(active.sum()), width))
    task = FlowTask(
        prior, posterior, steps=steps, batch_size=batch_size, learning_rate=learning_rate, seed=seed
    )
    run(task, watch=lambda now: watch(now.step / now.steps))
    return task.average
