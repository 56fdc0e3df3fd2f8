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

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from symvae.models.flow.velocity import BarVelocity, PlainVelocity

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
