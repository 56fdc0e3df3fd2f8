"""Faders in the objective: coordinates of z that are tied to attributes."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor

#: Regularizations in which the decoder is conditioned on the attributes, and z encodes the rest.
GIVEN = ("condition", "adversarial")
#: Ids → position of each attribute, measured on the decoded phrases.
Measure = Callable[[Int[Tensor, "batch bar position"]], Float[Tensor, "batch fader"]]


class Faders(NamedTuple):
    """The first coordinates of z, one for each attribute."""

    measure: Measure
    regularization: str
    regularization_weight: float

    @property
    def given(self) -> bool:
        """True if the decoder is conditioned on the measured positions in place of these coordinates."""
        return self.regularization in GIVEN
