"""What training has to know of a model's faders: plain numbers and functions."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor

#: Ids → the position of each fader's attribute, as measured on the music that the ids say.
Measure = Callable[[Int[Tensor, "batch bar position"]], Float[Tensor, "batch fader"]]


class Faders(NamedTuple):
    """One coordinate of z each, the first ones."""

    measure: Measure
    regularization: str
    regularization_weight: float
