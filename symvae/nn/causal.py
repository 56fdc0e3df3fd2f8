"""Interface of causal networks over a sequence: all times at once, or one after the other from a cache."""

from typing import NamedTuple, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor


class Step(NamedTuple):
    """One time of a sequence."""

    y: Float[Tensor, "batch width"]
    cache: list[Tensor]
    """The past, as the next time needs it."""


@runtime_checkable
class CausalNetwork(Protocol):
    """A network whose output at a time depends on no later input."""

    def __call__(
        self, x: Float[Tensor, "batch time width"], condition: Float[Tensor, "batch width"]
    ) -> Float[Tensor, "batch time width"]:
        """Outputs of all times."""

    def start(self, batch: int) -> list[Tensor]:
        """Cache before the first time."""

    def step(
        self, x: Float[Tensor, "batch width"], condition: Float[Tensor, "batch width"], cache: list[Tensor]
    ) -> Step:
        """Compute the time that follows those in the cache.

        Args:
            x: Input of this time.
            condition: The condition, the same at all times.
            cache: That of `start`, or of the time before.

        Returns:
            Output and cache.
        """
