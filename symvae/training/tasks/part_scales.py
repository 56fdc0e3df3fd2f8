"""Scales of a prior's noise: draws are compared with real music, of arrangements part by part.

Where each part has coordinates of z of its own, each has a scale of its own: an undertrained flow gives
too little variety, and to some parts less than to others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.music.arrangement import DRUMS, AnyPhrase, as_arrangement
from symvae.system.symvae import SymVAE
from symvae.tokens.attributes import DRUM_ATTRIBUTES, SCORE_ATTRIBUTES

#: Means over draws are compared with means over training windows, in standard deviations of these.
#: Each model is compared in the attributes of its own music.
COMPARED = (
    "onset_density",
    "pitch_range",
    "mean_interval",
    "pitch_class_entropy",
    "drum_density",
    "drum_syncopation",
    "kick_snare_entropy",
    "bar_similarity",
)
#: The same, of draws without a form.
DENSITIES = ("onset_density", "drum_density")


@dataclass(frozen=True)
class Scaled:
    """Music that has a scale of its own, and the attributes that it is compared in."""

    part: str | None
    """A part of arrangements; None for the music as it is."""
    compared: tuple[str, ...]

    def of(self, music: Sequence[AnyPhrase]) -> Sequence[AnyPhrase]:
        """The part of each piece in which it plays."""
        if self.part is None:
            return music
        return [each.parts[self.part] for each in map(as_arrangement, music) if self.part in each.parts]


def scaled_music(model: SymVAE, names: Sequence[str] = COMPARED) -> list[Scaled]:
    """List what has a scale of its own.

    Args:
        model: The model of the music.
        names: Attributes, of which each kind of music is compared in its own.

    Returns:
        The parts of a model with z by part, else all of its music.
    """
    if not model.config.model.latent_by_part:
        return [Scaled(None, tuple(name for name in names if name in model.tokenizer.attributes))]
    return [
        Scaled(part, tuple(name for name in names if name in own))
        for part in model.tokenizer.part_names
        for own in [DRUM_ATTRIBUTES if part == DRUMS else SCORE_ATTRIBUTES]
    ]


def difference(model: SymVAE, scaled: Scaled, drawn: Sequence[AnyPhrase], real: Sequence[AnyPhrase]) -> float:
    """Distance of the means of all attributes, each in standard deviations over real music.

    Args:
        model: The model that measures.
        scaled: What is compared.
        drawn: Draws.
        real: Real music.

    Returns:
        The sum over the attributes; infinite where the draws lack the part, 0 where real music does.
    """
    drawn, real = scaled.of(drawn), scaled.of(real)
    if not drawn or not real:
        return 0.0 if not real else float("inf")
    found, wanted = model.measure(drawn, scaled.compared), model.measure(real, scaled.compared)
    return sum(
        float(abs(found[name].mean() - wanted[name].mean()) / max(wanted[name].std(), 1e-9))
        for name in scaled.compared
    )


def best_scales(
    model: SymVAE,
    scales: Sequence[float],
    drawn: Callable[[float], Sequence[AnyPhrase]],
    real: Sequence[AnyPhrase],
    names: Sequence[str] = COMPARED,
) -> list[float]:
    """Choose the scales at which draws resemble real music most.

    Args:
        model: The model of the music.
        scales: Scales to try.
        drawn: Draws with all noise at a scale.
        real: Real music.
        names: Attributes that are compared.

    Returns:
        A scale for each of `scaled_music`.
    """
    every = scaled_music(model, names)
    errors = {}
    for scale in scales:
        music = drawn(scale)
        errors[scale] = [difference(model, scaled, music, real) for scaled in every]
    # Where nothing can be compared the noise stays as it is.
    return [
        min(scales, key=lambda scale: (errors[scale][place], abs(scale - 1))) for place in range(len(every))
    ]


def of_coordinates(model: SymVAE, scales: Sequence[float]) -> Float[Tensor, "*latent"]:
    """Lay out scales of `scaled_music` as a prior stores them: one number, or one for each coordinate."""
    if len(scales) == 1:
        return torch.tensor(scales[0])
    return torch.tensor(scales).repeat_interleave(model.latent_size // len(scales))
