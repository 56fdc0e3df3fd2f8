"""An instrument of a synthesizer, by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.partials import HARMONIC, Partials, partials_of


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
    """Places of its partials."""
    width: float = 0.0
    """Distance of left and right, from 0 (the same) to 1 (unrelated)."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "NamedTimbre":
        """A timbre of timbres.json; an older one has exact multiples and no width."""
        partials, width = partials_of(row.get("partials", {})), float(row.get("width", 0.0))
        return cls(row["name"], row["program"], row["font"], torch.tensor(row["z"]), partials, width)


def nearest_timbre(timbres: Iterable[NamedTimbre], z: Float[Tensor, " latent"]) -> NamedTimbre | None:
    """Find the named timbre whose partials and width hold at a place in z.

    Args:
        timbres: The timbres that are known by name.
        z: The place.

    Returns:
        The nearest timbre; None without any.
    """
    return min(timbres, key=lambda each: float((each.z - z).square().sum()), default=None)
