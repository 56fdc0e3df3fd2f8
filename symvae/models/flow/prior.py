"""Learned prior over z: a flow that integrates noise to latents of music.

    dz/dt = velocity(z, t),   z(0) standard normal,   z(1) like the posteriors of the training music

The velocity is trained by flow matching along straight lines (Lipman et al. 2023, arXiv 2210.02747; Liu
et al. 2023, arXiv 2209.03003; `symvae.training`). A learned prior over the z of a trained MusicVAE is due to
Mittal et al. 2021 (arXiv 2103.16091), who use diffusion. Unlike a mixture of Gaussians it can have low
density between phrases, where no music is.

Coordinates that the posteriors do not use follow the standard normal prior already: noise passes through
them unchanged.

It handles latents and knows no ids.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from symvae.models.flow.shared_noise import mixing, share_noise
from symvae.models.flow.velocity import BarVelocity, PlainVelocity

#: Steps of Heun's method, two evaluations each: more steps make no audible difference.
SOLVER_STEPS = 24
#: Draws that are integrated together: thousands at once would take gigabytes.
_DRAWS_AT_ONCE = 1024

#: Corrects an estimate of the end of the path, to guide it on its way.
Guidance = Callable[[Float[Tensor, "batch latent"]], Float[Tensor, "batch latent"]]


class FlowPrior(nn.Module):
    """Flow over the used coordinates of z.

    Args:
        active: the coordinates that the flow moves.
        velocity: the network.
        home_key: whether it was trained on music in C major and A minor only.
        conditions: names of the attributes that condition the velocity, for those who measure them.
    """

    active: Tensor
    home_key: Tensor
    """True if it was trained on music in C major and A minor only."""
    noise_scale: Tensor
    """Scale of the noise that draws start from, one number, or one for each coordinate of z: at 1, an
    undertrained flow gives too little variety."""
    echo: Tensor
    """Share of the first half's noise in the noise of the second half of the bars, 0 to 1."""
    forms: Tensor
    """Forms of training music, ``(form, bar)``: for each bar the first bar that it equals."""
    form_scale: Tensor
    """Scale of the noise of draws with a form, in place of ``noise_scale`` and ``echo``: one number, or
    one for each coordinate of z."""
    endings: Tensor
    """Share of draws that need a cadence for draws to end with one as often as tunes do."""
    attributes: Tensor
    """Attributes of the music of each form, ``(form, attribute)``, standardized."""
    attribute_scale: Tensor
    """Mean and standard deviation of each attribute over training music, ``(2, attribute)``."""
    attribute_lift: Tensor
    """Standard deviations that the network is asked for beyond each attribute, since it follows in part."""

    def __init__(
        self,
        active: Bool[Tensor, " latent"],
        velocity: PlainVelocity | BarVelocity,
        *,
        home_key: bool = False,
        conditions: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.conditions = tuple(conditions)
        self.guidance_scale = 1.0
        """Number of times that each step of guidance acts (`PriorConfig.guidance_scale`)."""
        self.register_buffer("active", active)
        self.register_buffer("home_key", torch.tensor(home_key))
        self.register_buffer("noise_scale", torch.tensor(1.0))
        self.register_buffer("echo", torch.tensor(0.0))
        bars = len(velocity.place) if isinstance(velocity, BarVelocity) else 0
        known = velocity.attributes
        self.register_buffer("attributes", torch.zeros((0, known)))
        self.register_buffer("attribute_scale", torch.tensor([0.0, 1.0])[:, None].repeat(1, known))
        self.register_buffer("attribute_lift", torch.zeros(known))
        self.register_buffer("forms", torch.zeros((0, bars)))
        self.register_buffer("form_scale", torch.tensor(1.0))
        self.register_buffer("endings", torch.tensor(0.0))
        self.velocity = velocity

    @classmethod
    def from_state(cls, state: dict[str, Tensor], conditions: Sequence[str] = ()) -> "FlowPrior":
        """Rebuild a prior from its weights, which determine its class and sizes."""
        facts = {"active", "home_key", "noise_scale", "echo", "forms", "form_scale", "endings"}
        facts |= {"attributes", "attribute_scale", "attribute_lift"}
        weights = {
            name.removeprefix("velocity."): value for name, value in state.items() if name not in facts
        }
        kind = BarVelocity if "place" in weights else PlainVelocity
        home_key = bool(state.get("home_key", False))
        prior = cls(state["active"] > 0, kind.like(weights), home_key=home_key, conditions=conditions)
        prior.velocity.load_state_dict(weights)
        prior.noise_scale = state.get("noise_scale", prior.noise_scale)
        prior.echo.fill_(float(state.get("echo", 0.0)))
        prior.form_scale = state.get("form_scale", prior.form_scale)
        prior.endings.fill_(float(state.get("endings", 0.0)))
        prior.forms = state.get("forms", prior.forms).round()
        for name in ("attributes", "attribute_scale", "attribute_lift"):
            setattr(prior, name, state.get(name, getattr(prior, name)))
        return prior.eval()

    def standardized(self, values: Float[Tensor, "row attribute"]) -> Float[Tensor, "row attribute"]:
        """Values of the attributes in their units, in standard deviations from the mean of training music."""
        mean, deviation = self.attribute_scale.to(values)
        return (values - mean) / deviation

    @torch.no_grad()
    def sample(
        self,
        count: int,
        generator: torch.Generator,
        temperature: float = 1.0,
        equal: Int[Tensor, "count bar"] | None = None,
        attributes: Float[Tensor, "count attribute"] | None = None,
        steps: int = SOLVER_STEPS,
        solver: str = "heun",
    ) -> Float[Tensor, "count latent"]:
        """Draw latents.

        Args:
            count: number of draws.
            generator: source of the noise, on the CPU.
            temperature: scale of the noise.
            equal: a number for each bar of each draw, the same for bars that shall be equal.
            attributes: of each draw, standardized, nan where one is free; None for free ones.
            steps: steps of the solver.
            solver: as in `integrate`.

        Returns:
            Latents, on the device of the prior.
        """
        noise = self.noise(count, generator, temperature, equal)
        if attributes is None:
            return torch.cat(
                [self.integrate(some, steps=steps, solver=solver) for some in noise.split(_DRAWS_AT_ONCE)]
            )
        asked = attributes.to(noise.device).split(_DRAWS_AT_ONCE)
        draws = zip(noise.split(_DRAWS_AT_ONCE), asked, strict=True)
        return torch.cat(
            [self.integrate(some, attributes=each, steps=steps, solver=solver) for some, each in draws]
        )

    def noise(
        self,
        count: int,
        generator: torch.Generator,
        temperature: float = 1.0,
        equal: Int[Tensor, "count bar"] | None = None,
    ) -> Float[Tensor, "count latent"]:
        """Draw the noise that `integrate` starts from.

        Bars that shall be equal share their noise (`symvae.models.flow.shared_noise`). Without ``equal``, an
        ``echo`` correlates the noise of the second half of the bars with that of the first.

        Args:
            count: number of draws.
            generator: source of the noise, on the CPU.
            temperature: scale of the noise.
            equal: a number for each bar of each draw, the same for bars that shall be equal.

        Returns:
            Noise, on the device of the prior.
        """
        active = self.active.cpu()
        base = self.noise_scale if equal is None else self.form_scale
        scale = temperature * torch.where(active, base.cpu(), 1.0)
        noise = scale * torch.randn((count, len(active)), generator=generator)
        if equal is not None and isinstance(self.velocity, BarVelocity):
            unfold, fold = self.velocity.unfold.weight.detach().cpu(), self.velocity.fold().cpu()
            noise[:, active] = share_noise(noise[:, active], mixing(equal), unfold, fold)
        elif self.echo and isinstance(self.velocity, BarVelocity):
            noise[:, active] = noise[:, active] @ self.velocity.echo_matrix(float(self.echo)).cpu().t()
        return noise.to(self.active.device)

    @torch.no_grad()
    def integrate(
        self,
        noise: Float[Tensor, "batch latent"],
        guidance: Guidance | None = None,
        attributes: Float[Tensor, "batch attribute"] | None = None,
        steps: int = SOLVER_STEPS,
        solver: str = "heun",
    ) -> Float[Tensor, "batch latent"]:
        """Integrate the flow from noise, with two evaluations a step.

        Args:
            noise: where each path starts.
            guidance: corrects each estimate of the end.
            attributes: of each draw, standardized, nan where one is free; None for free ones.
            steps: steps of the solver.
            solver: "heun", or "midpoint", which is nearer in one step or two.

        Returns:
            Latents.
        """
        if solver not in ("heun", "midpoint"):
            raise ValueError(f"The solver is heun or midpoint, not {solver}.")
        condition = () if attributes is None else (attributes + self.attribute_lift,)

        def velocity(z: Tensor, time: float) -> Tensor:
            now = torch.full((len(z), 1), time, device=z.device)
            move = self.velocity(z if every else z[:, used], now, *condition)
            if guidance is not None:
                end = z.clone()
                end[:, self.active] += (1 - time) * move
                # At time 1 there is no time left for the correction: it takes half a step.
                move = move + (guidance(end) - end)[:, self.active] / max(1 - time, 0.5 * width)
            return move if every else torch.zeros_like(z).index_copy(1, used, move)

        used, z, width = self.active.nonzero()[:, 0], noise, 1.0 / steps
        every = len(used) == len(self.active)
        for step in range(steps):
            first = velocity(z, step * width)
            if solver == "midpoint":
                z = z + width * velocity(z + width * first / 2, (step + 0.5) * width)
                continue
            second = velocity(z + width * first, (step + 1) * width)
            z = z + width * (first + second) / 2
        return z if guidance is None else guidance(z)
