"""An instrument of a synthesizer, by name."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from symvae.audio.partials import HARMONIC, Partials


@dataclass(frozen=True)
class NamedTimbre:
    """An instrument that the synthesizer has learned."""

    name: str
    program: int
    """General MIDI program, from 0."""
    font: str
    """Sound font that it was learned from."""
    z: Float[Tensor, " latent"]
    partials: Partials = HARMONIC
    """Where its partials lie."""
