"""What training has to know of a model's faders: plain numbers and functions."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor

#: Where the decoder is given the positions, and z is left to say the rest.
GIVEN = ("condition", "adversarial")
#: Ids → the position of each fader's attribute, as measured on the music that the ids say.
Measure = Callable[[Int[Tensor, "batch bar position"]], Float[Tensor, "batch fader"]]


class Faders(NamedTuple):
    """One coordinate of z each, the first ones."""

    measure: Measure
    regularization: str
    regularization_weight: float

    @property
    def given(self) -> bool:
        """Whether the decoder is told what was measured, in place of these coordinates."""
        return self.regularization in GIVEN
