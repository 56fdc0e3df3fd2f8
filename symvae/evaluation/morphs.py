"""Paths from one timbre to another: by a blend, on the straight line in z, and by a cross-fade."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio import equalizer
from symvae.audio.equalizer import Equalizer
from symvae.audio.notes import Notes
from symvae.audio.partials import Partials, mixed
from symvae.evaluation.excerpts import excitations, synthesize
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.named_timbre import NamedTimbre

POSITIONS = tuple(round(0.1 * step, 1) for step in range(11))
#: Held notes at three pitches.
HELD_SEC = 3.0
HELD_PITCHES = (48, 60, 72)
HELD_VELOCITY = 90

#: Sounds at all positions of a path.
Path = Float[Tensor, "position clip sample"]


class Step(NamedTuple):
    """A place between two timbres."""

    timbre: Blend
    partials: Partials
    equalizer: Equalizer


@torch.inference_mode()
def synthesize_path(
    network: SpectrogramVAE, notes: Sequence[Notes], samples: int, steps: Sequence[Step]
) -> Path:
    """Synthesize the same notes at each place.

    Args:
        network: The synthesizer.
        notes: Notes of each clip.
        samples: Length of a clip.
        steps: Places of the path.

    Returns:
        The sounds of all places.
    """
    inputs = (excitations(network, notes, samples, each.partials, each.equalizer) for each in steps)
    return torch.stack(
        [synthesize(network, given, each.timbre) for given, each in zip(inputs, steps, strict=True)]
    )


def blend_at(start: NamedTimbre, end: NamedTimbre, position: float) -> Step:
    """Blend of the decoder's predictions for both ends.

    Args:
        start: Timbre at position 0.
        end: Timbre at position 1.
        position: From 0 to 1.

    Returns:
        The blend.
    """
    return _step(
        Blend.of(start.z).toward(Blend.of(end.z), start.z.new_tensor([position])), start, end, position
    )


def line_at(start: NamedTimbre, end: NamedTimbre, position: float) -> Step:
    """Place on the straight line in z.

    Args:
        start: Timbre at position 0.
        end: Timbre at position 1.
        position: From 0 to 1.

    Returns:
        The place.
    """
    return _step(Blend.of(torch.lerp(start.z, end.z, position)), start, end, position)


def _step(timbre: Blend, start: NamedTimbre, end: NamedTimbre, position: float) -> Step:
    shares = (1 - position, position)
    return Step(
        timbre,
        mixed((start.partials, end.partials), shares),
        equalizer.mixed((start.equalizer, end.equalizer), shares),
    )


def cross_fade(path: Path) -> Path:
    """Mix the sounds of both ends of a path, with the positions as gains."""
    position = torch.tensor(POSITIONS)[:, None, None]
    return (1 - position) * path[0] + position * path[-1]


@torch.inference_mode()
def held_notes(
    network: SpectrogramVAE, start: NamedTimbre, end: NamedTimbre
) -> dict[str, Float[Tensor, "note sample"]]:
    """Synthesize held notes at the middle position of each way, and at both ends.

    Args:
        network: The synthesizer.
        start: Timbre at position 0.
        end: Timbre at position 1.

    Returns:
        The sounds by the keys of `symvae.evaluation.timbre_paths.LABELS`, "start" and "end".
    """
    notes = [
        Notes(np.zeros(1), np.array([HELD_SEC + 1]), np.array([pitch]), np.array([HELD_VELOCITY]))
        for pitch in HELD_PITCHES
    ]
    steps = [*(blend_at(start, end, position) for position in (0.0, 0.5, 1.0)), line_at(start, end, 0.5)]
    samples = round(HELD_SEC * network.sample_rate)
    first, middle, last, line = synthesize_path(network, notes, samples, steps)
    return {"morph": middle, "line": line, "cross_fade": (first + last) / 2, "start": first, "end": last}
