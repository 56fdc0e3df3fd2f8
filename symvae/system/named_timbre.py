"""An instrument of a synthesizer, by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.equalizer import Equalizer, equalizer_of
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
    equalizer: Equalizer = None
    """Its levels in octave bands, corrected."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "NamedTimbre":
        """A timbre of timbres.json; an older one has exact multiples, no width and no equalizer."""
        return cls(
            row["name"],
            row["program"],
            row["font"],
            torch.tensor(row["z"]),
            partials_of(row.get("partials", {})),
            float(row.get("width", 0.0)),
            equalizer_of(row.get("equalizer")),
        )


def nearest_timbre(timbres: Iterable[NamedTimbre], z: Float[Tensor, " latent"]) -> NamedTimbre | None:
    """Find the named timbre whose partials and width hold at a place in z.

    Args:
        timbres: The timbres that are known by name.
        z: The place.

    Returns:
        The nearest timbre; None without any.
    """
    return min(timbres, key=lambda each: float((each.z - z).square().sum()), default=None)
