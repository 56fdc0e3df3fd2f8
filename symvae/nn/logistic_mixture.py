"""Mixture of discretized logistics over two whole numbers, the second given the first.

Salimans et al. 2017, "PixelCNN++" (arXiv 1701.05517), section 2.1 and 2.2: each bin has the mass of the
logistic between its edges, the first and the last bin the tails. Here two numbers share the component, as
the channels of a pixel do: the mean of the second is moved in proportion to the first.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

#: Parameters of a component: weight, mean and log scale of each number, slope of the second on the first.
PARAMETERS = 6
#: Largest precision of a component: a logistic far narrower than a bin has no gradient.
_MOST_NARROW = -5.0


class Bins(NamedTuple):
    """Equal bins of a number between -1 and 1."""

    size: int

    def center(self, index: Int[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """Place of a bin between -1 and 1."""
        return index * (2 / (self.size - 1)) - 1

    def nearest(self, value: Float[Tensor, "*any"]) -> Int[Tensor, "*any"]:
        """Number of the bin of each value; values beyond the ends belong to the last bins."""
        return ((value + 1) * ((self.size - 1) / 2)).round().clamp(0, self.size - 1).long()


class LogisticMixture:
    """Distribution of two binned numbers.

    Args:
        parameters: weights, means, log scales and slopes, `PARAMETERS` for each component on the last axis.
        first: bins of the first number.
        second: bins of the second.
    """

    def __init__(self, parameters: Float[Tensor, "*any parameter"], first: Bins, second: Bins) -> None:
        parts = parameters.float().unflatten(-1, (PARAMETERS, -1)).unbind(-2)
        self.weight, self.first_mean, first_scale, self.second_mean, second_scale, slope = parts
        self.first_log_scale = first_scale.clamp(min=_MOST_NARROW)
        self.second_log_scale = second_scale.clamp(min=_MOST_NARROW)
        self.slope = slope.tanh()
        self.first, self.second = first, second

    def log_prob(self, first: Int[Tensor, "*any"], second: Int[Tensor, "*any"]) -> Float[Tensor, "*any"]:
        """Log probability of two bins, in nats."""
        x, y = self.first.center(first)[..., None], self.second.center(second)[..., None]
        mean = self.second_mean + self.slope * x
        each = _log_mass(x, self.first_mean, self.first_log_scale, self.first.size)
        each = each + _log_mass(y, mean, self.second_log_scale, self.second.size)
        return (functional.log_softmax(self.weight, -1) + each).logsumexp(-1)

    def sample(
        self, generator: torch.Generator | None = None, temperature: float = 1.0
    ) -> tuple[Int[Tensor, "*any"], Int[Tensor, "*any"]]:
        """Draw two bins; ``temperature`` sharpens weights and scales, 0 takes the likeliest component."""
        if temperature > 0:
            uniform = _uniform(self.weight, generator)
            chosen = (self.weight / temperature - (-uniform.log()).log()).argmax(-1, keepdim=True)
        else:
            chosen = self.weight.argmax(-1, keepdim=True)

        def draw(mean: Tensor, log_scale: Tensor) -> Tensor:
            mean, scale = mean.gather(-1, chosen), log_scale.gather(-1, chosen).exp()
            if temperature > 0:
                uniform = _uniform(mean, generator)
                mean = mean + temperature * scale * (uniform.log() - (-uniform).log1p())
            return mean[..., 0]

        first = self.first.nearest(draw(self.first_mean, self.first_log_scale))
        x = self.first.center(first)[..., None]
        second = self.second.nearest(draw(self.second_mean + self.slope * x, self.second_log_scale))
        return first, second


def _uniform(like: Tensor, generator: torch.Generator | None) -> Tensor:
    return torch.rand(like.shape, generator=generator, device=like.device).clamp(1e-6, 1 - 1e-6)


def _log_mass(x: Tensor, mean: Tensor, log_scale: Tensor, count: int) -> Tensor:
    """Log mass of the logistic in the bin around each ``x``, tails included in the outermost bins."""
    half = 1 / (count - 1)
    inverse = (-log_scale).exp()
    above, below = inverse * (x - mean + half), inverse * (x - mean - half)
    middle = (above.sigmoid() - below.sigmoid()).clamp(min=1e-8).log()
    lowest, highest = x < -1 + half, x > 1 - half
    mass = torch.where(lowest, functional.logsigmoid(above), middle)
    return torch.where(highest, functional.logsigmoid(-below), mass)
