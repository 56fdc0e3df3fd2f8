"""Velocities and offsets of given hits, drawn step by step and drum by drum.

A drummer's timing is correlated: a late kick comes with a late cymbal, and a rushed bar stays rushed for a
while. So each hit is drawn given all hits before it: an LSTM carries the steps before, and within a step the
drums follow one another as in NADE (Uria et al. 2016, arXiv 1605.02226). The hits of the whole phrase are
known from the context, and z stands for the player.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from symvae.models.groove.cells import OFFSET, VELOCITY, Touch
from symvae.nn.logistic_mixture import PARAMETERS, LogisticMixture


class TouchDecoder(nn.Module):
    """Autoregressive distribution of velocity and offset of each hit.

    Args:
        drums: drum classes.
        context_size: width of the context of a step.
        latent_size: coordinates of z.
        hidden_size: units of the LSTM over steps.
        head_size: units of each drum before its mixture.
        mixtures: components of a mixture.
    """

    earlier: Tensor

    def __init__(
        self,
        drums: int,
        *,
        context_size: int,
        latent_size: int,
        hidden_size: int,
        head_size: int,
        mixtures: int,
    ) -> None:
        super().__init__()
        self.drums, self.head_size = drums, head_size
        self.start = nn.Linear(latent_size, 2 * hidden_size)
        self.lstm = nn.LSTM(3 * drums + context_size + latent_size, hidden_size, batch_first=True)
        self.step = nn.Linear(hidden_size + context_size + latent_size, drums * head_size)
        self.within = nn.Parameter(0.1 * torch.randn(drums, drums, 3, head_size))
        self.mixture = nn.Parameter(head_size**-0.5 * torch.randn(drums, head_size, PARAMETERS * mixtures))
        bias = torch.zeros(drums, PARAMETERS, mixtures)
        bias[:, 1] = torch.linspace(-0.8, 0.8, mixtures)
        bias[:, (2, 4)] = -1.5
        self.bias = nn.Parameter(bias.flatten(1))
        #: True where a drum (second axis) comes before another (first axis) within a step.
        self.register_buffer("earlier", torch.ones(drums, drums).tril(-1)[..., None, None], persistent=False)

    def log_prob(
        self,
        touch: Touch,
        context: Float[Tensor, "batch step context"],
        z: Float[Tensor, "batch latent"],
    ) -> Float[Tensor, " batch"]:
        """Log probability of the velocities and offsets of all hits of each phrase, in nats.

        Each hit is given the true hits before it. Mixtures are computed for hits alone, drum by drum.

        Args:
            touch: The hits as they are played.
            context: Context of each step.
            z: The player of each phrase.

        Returns:
            Log probabilities.
        """
        played = touch.features().flatten(2)
        before = nn.functional.pad(played[:, :-1], (0, 0, 1, 0))
        player = z[:, None].expand(-1, context.shape[1], -1)
        hidden = self.lstm(torch.cat([before, context, player], -1), self._initial(z))[0]
        within = (self.within * self.earlier).permute(1, 2, 0, 3).flatten(0, 1).flatten(1)
        head = self.step(torch.cat([hidden, context, player], -1)) + played @ within
        head = torch.relu(head).unflatten(-1, (self.drums, -1))
        total = z.new_zeros(len(z), dtype=torch.float32)
        for drum in range(self.drums):
            rows, steps = touch.hit[:, :, drum].nonzero(as_tuple=True)
            mixture = self._mixture(head[rows, steps, drum], drum)
            each = mixture.log_prob(touch.velocity[rows, steps, drum], touch.offset[rows, steps, drum])
            total = total.index_add(0, rows, each)
        return total

    @torch.no_grad()
    def sample(
        self,
        hit: Tensor,
        context: Float[Tensor, "batch step context"],
        z: Float[Tensor, "batch latent"],
        *,
        known: Touch | None = None,
        generator: torch.Generator | None = None,
        temperature: float = 1.0,
    ) -> Touch:
        """Draw velocity and offset of each hit.

        Args:
            hit: The hits, shaped (batch, step, drum).
            context: Context of each step.
            z: The player of each phrase.
            known: Hits whose velocity and offset are given, among ``hit``; the others follow from them.
            generator: Source of chance.
            temperature: Scale of the spread of each hit; 0 takes the likeliest component.

        Returns:
            The hits as they are played.
        """
        velocity, offset = torch.zeros(hit.shape, dtype=torch.long), torch.zeros(hit.shape, dtype=torch.long)
        touch = Touch(hit, velocity.to(hit.device), offset.to(hit.device))
        state, before = self._initial(z), context.new_zeros(len(z), 1, 3 * self.drums)
        within = self.within * self.earlier
        for step in range(hit.shape[1]):
            here = context[:, step : step + 1]
            out, state = self.lstm(torch.cat([before, here, z[:, None]], -1), state)
            base = self.step(torch.cat([out, here, z[:, None]], -1))[:, 0].unflatten(-1, (self.drums, -1))
            played = base.new_zeros(len(z), self.drums, 3)
            for drum in hit[:, step].any(0).nonzero()[:, 0].tolist():
                rows = hit[:, step, drum].nonzero()[:, 0]
                head = base[rows, drum] + torch.einsum("bef,efh->bh", played[rows], within[drum])
                mixture = self._mixture(torch.relu(head), drum)
                first, second = mixture.sample(generator, temperature)
                if known is not None:
                    given = known.hit[rows, step, drum]
                    first = torch.where(given, known.velocity[rows, step, drum], first)
                    second = torch.where(given, known.offset[rows, step, drum], second)
                touch.velocity[rows, step, drum], touch.offset[rows, step, drum] = first, second
                drawn = (torch.ones_like(first), VELOCITY.center(first), 2 * OFFSET.center(second))
                played[rows, drum] = torch.stack(drawn, -1).to(played)
            before = played.flatten(1)[:, None]
        return touch

    def _initial(self, z: Tensor) -> tuple[Tensor, Tensor]:
        hidden, cell = self.start(z).tanh().chunk(2, -1)
        return hidden[None].contiguous(), cell[None].contiguous()

    def _mixture(self, head: Float[Tensor, "hit head"], drum: int) -> LogisticMixture:
        return LogisticMixture(head @ self.mixture[drum] + self.bias[drum], VELOCITY, OFFSET)
