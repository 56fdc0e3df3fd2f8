"""A learned prior: a small network that carries noise to where phrases are.

    dz/dt = velocity(z, t),   z(0) standard normal,   z(1) like the posteriors of the training music

Trained by flow matching along straight lines (Lipman et al. 2023, arXiv 2210.02747; Liu et al. 2023,
arXiv 2209.03003): at a point between a draw of noise and a draw of a posterior, the network learns the
way from the one to the other. A learned prior over the z of a trained MusicVAE is the idea of Mittal
et al. 2021 (arXiv 2103.16091), who use diffusion. Unlike a mixture of Gaussians it can leave out the
places between phrases, where no music is.

Coordinates that no phrase uses are the prior's already: noise passes through them unchanged.

It handles latents and knows no ids.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from symvae.errors import LatentError
from symvae.models.flow.velocity import BarVelocity, PlainVelocity
from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.mixed import mixed

#: A coordinate that says less than this, in nats on average, is not used.
_UNUSED_NATS = 0.02
#: Steps of Heun's method from noise to music, two evaluations each: more change nothing that can be heard.
_SOLVER_STEPS = 24

#: Told a guess of where a path will end, returns a better one: how a path is guided on its way.
Guidance = Callable[[Float[Tensor, "batch latent"]], Float[Tensor, "batch latent"]]


class FlowPrior(nn.Module):
    """The flow over the used coordinates of z, and draws by following it."""

    active: Tensor
    home_key: Tensor
    """Whether it learned tunes in C major and A minor only."""
    noise_scale: Tensor
    """How wide the noise is that draws start from: at 1, a flow with much left to learn is too tame."""
    echo: Tensor
    """How far the noise of the second half of the bars repeats that of the first, from 0 to 1."""

    def __init__(
        self,
        active: Bool[Tensor, " latent"],
        velocity: PlainVelocity | BarVelocity,
        *,
        home_key: bool = False,
    ) -> None:
        super().__init__()
        self.register_buffer("active", active)
        self.register_buffer("home_key", torch.tensor(home_key))
        self.register_buffer("noise_scale", torch.tensor(1.0))
        self.register_buffer("echo", torch.tensor(0.0))
        self.velocity = velocity

    @classmethod
    def from_state(cls, state: dict[str, Tensor]) -> "FlowPrior":
        """The prior whose weights these are; its kind and sizes are theirs."""
        facts = ("active", "home_key", "noise_scale", "echo")
        weights = {
            name.removeprefix("velocity."): value for name, value in state.items() if name not in facts
        }
        kind = BarVelocity if "place" in weights else PlainVelocity
        prior = cls(state["active"] > 0, kind.like(weights), home_key=bool(state.get("home_key", False)))
        prior.velocity.load_state_dict(weights)
        prior.noise_scale.fill_(float(state.get("noise_scale", 1.0)))
        prior.echo.fill_(float(state.get("echo", 0.0)))
        return prior.eval()

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draws; ``temperature`` scales the noise that they start from."""
        return self.integrate(self.noise(count, generator, temperature))

    def noise(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Where draws start.

        With an ``echo`` the second half of the bars starts near the first: noise that is correlated where the
        result should be alike (Ge et al. 2023, arXiv 2305.10474, for the frames of a film).
        """
        active = self.active.cpu()
        scale = temperature * torch.where(active, self.noise_scale.cpu(), 1.0)
        noise = scale * torch.randn((count, len(active)), generator=generator)
        if self.echo and isinstance(self.velocity, BarVelocity):
            noise[:, active] = noise[:, active] @ self.velocity.echoing(float(self.echo)).cpu().t()
        return noise.to(self.active.device)

    @torch.no_grad()
    def integrate(
        self, noise: Float[Tensor, "batch latent"], guidance: Guidance | None = None
    ) -> Float[Tensor, "batch latent"]:
        """Where each point of noise ends, by Heun's method; ``guidance`` may correct every guess of the end."""

        def velocity(z: Tensor, time: float) -> Tensor:
            now = torch.full((len(z), 1), time, device=z.device)
            moves = self.velocity(z[:, self.active], now)
            if guidance is not None:
                guess = z.clone()
                guess[:, self.active] += (1 - time) * moves
                # At the end itself nothing is left of the way: there a correction is as quick as a half step.
                moves = moves + (guidance(guess) - guess)[:, self.active] / max(1 - time, 0.5 * width)
            return torch.zeros_like(z).index_copy(1, used, moves)

        used, z, width = self.active.nonzero()[:, 0], noise, 1.0 / _SOLVER_STEPS
        for step in range(_SOLVER_STEPS):
            first = velocity(z, step * width)
            second = velocity(z + width * first, (step + 1) * width)
            z = z + width * (first + second) / 2
        return z if guidance is None else guidance(z)


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
