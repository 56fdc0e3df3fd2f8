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
from torch.nn.functional import silu

from symvae.errors import LatentError
from symvae.nn.gaussian import DiagonalGaussian

#: Sines and cosines by which the network is told the time.
_TIME_FEATURES = 32
#: A coordinate that says less than this, in nats on average, is not used.
_UNUSED_NATS = 0.02
#: Steps of Heun's method from noise to music: more change nothing that can be heard.
_SOLVER_STEPS = 24


class FlowPrior(nn.Module):
    """The velocity of the flow, and draws by following it."""

    active: Tensor

    def __init__(self, active: Bool[Tensor, " latent"], width: int = 512, layers: int = 3) -> None:
        super().__init__()
        self.register_buffer("active", active)
        used = int(active.sum())
        self.start = nn.Linear(used + _TIME_FEATURES, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.layers = nn.ModuleList(nn.Linear(width + _TIME_FEATURES, width) for _ in range(layers))
        self.end = nn.Linear(width, used)
        nn.init.zeros_(self.end.weight)
        nn.init.zeros_(self.end.bias)

    @classmethod
    def from_state(cls, state: dict[str, Tensor]) -> "FlowPrior":
        """The prior whose weights these are; its sizes are theirs."""
        layers = sum(name.startswith("layers.") and name.endswith(".weight") for name in state)
        active = state["active"] > 0
        prior = cls(active, width=state["end.weight"].shape[1], layers=layers)
        prior.load_state_dict({**state, "active": active})
        return prior.eval()

    def forward(
        self, z: Float[Tensor, "batch used"], time: Float[Tensor, "batch 1"]
    ) -> Float[Tensor, "batch used"]:
        """Where the used coordinates move at ``time`` (0: noise, 1: music)."""
        angle = time * torch.linspace(0, 5, _TIME_FEATURES // 2).exp()
        when = torch.cat([angle.sin(), angle.cos()], dim=-1)
        hidden = self.start(torch.cat([z, when], dim=-1))
        for norm, layer in zip(self.norms, self.layers, strict=True):
            hidden = hidden + silu(layer(torch.cat([norm(hidden), when], dim=-1)))
        return self.end(hidden)

    @torch.no_grad()
    def sample(
        self, count: int, generator: torch.Generator, temperature: float = 1.0
    ) -> Float[Tensor, "count latent"]:
        """Draws; ``temperature`` scales the noise that they start from."""
        noise = torch.randn((count, len(self.active)), generator=generator)
        return self.carry(temperature * noise)

    @torch.no_grad()
    def carry(self, noise: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch latent"]:
        """Where each point of noise ends, by Heun's method."""
        z, width = noise[:, self.active], 1.0 / _SOLVER_STEPS
        for step in range(_SOLVER_STEPS):
            now = torch.full((len(z), 1), step * width)
            velocity = self(z, now)
            later = self(z + width * velocity, now + width)
            z = z + width * (velocity + later) / 2
        ended = noise.clone()
        ended[:, self.active] = z
        return ended


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
    """A flow that ends at draws of ``posterior`` (training phrases), as the average of its last weights.

    Raises `LatentError` when no coordinate of z is used, so that there is nothing to learn.
    """
    active = posterior.kl_nats().mean(0) > _UNUSED_NATS
    if not active.any():
        raise LatentError("The posteriors are the prior: z says nothing. Train the model with a lower beta.")
    used = DiagonalGaussian(posterior.mean[:, active], posterior.log_std[:, active])
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        learner, average = (FlowPrior(active, width) for _ in range(2))
    average.load_state_dict(learner.state_dict())
    optimizer = torch.optim.AdamW(learner.parameters(), lr=learning_rate, weight_decay=0.0)
    cosine = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps, pct_start=0.05)
    for step in range(steps):
        rows = torch.randint(len(used.mean), (batch_size,), generator=generator)
        music = DiagonalGaussian(used.mean[rows], used.log_std[rows]).sample(generator)
        noise = torch.randn(music.shape, generator=generator)
        time = torch.rand((batch_size, 1), generator=generator)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            velocity = learner((1 - time) * noise + time * music, time)
        loss = (velocity.float() - (music - noise)).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        cosine.step()
        with torch.no_grad():
            for kept, weight in zip(average.parameters(), learner.parameters(), strict=True):
                kept.lerp_(weight, max(0.005, 1 / (step + 1)))
        watch((step + 1) / steps)
    return average.eval()
