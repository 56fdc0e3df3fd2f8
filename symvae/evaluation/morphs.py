"""Paths from one timbre to another: by a blend, on the straight line in z, and by a cross-fade."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.excitation import Excitation
from symvae.audio.notes import Notes
from symvae.evaluation.excerpts import excitations, synthesize
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

POSITIONS = tuple(round(0.1 * step, 1) for step in range(11))
#: Held notes at three pitches.
HELD_SEC = 3.0
HELD_PITCHES = (48, 60, 72)
HELD_VELOCITY = 90

#: Sounds at all positions of a path.
Path = Float[Tensor, "position clip sample"]


@torch.inference_mode()
def synthesize_path(network: SpectrogramVAE, excitation: Excitation, timbres: Sequence[Blend]) -> Path:
    """Synthesize the same notes in each timbre.

    Args:
        network: The synthesizer.
        excitation: The network's input for the notes of each clip.
        timbres: Timbre of each position.

    Returns:
        The sounds of all positions.
    """
    return torch.stack([synthesize(network, excitation, timbre) for timbre in timbres])


def blend_at(start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], position: float) -> Blend:
    """Blend of the decoder's predictions for both ends.

    Args:
        start: z at position 0.
        end: z at position 1.
        position: From 0 to 1.

    Returns:
        The blend.
    """
    return Blend.of(start).toward(Blend.of(end), start.new_tensor([position]))


def line_at(start: Float[Tensor, " latent"], end: Float[Tensor, " latent"], position: float) -> Blend:
    """Timbre on the straight line in z.

    Args:
        start: z at position 0.
        end: z at position 1.
        position: From 0 to 1.

    Returns:
        The timbre.
    """
    return Blend.of(torch.lerp(start, end, position))


def cross_fade(path: Path) -> Path:
    """Mix the sounds of both ends of a path, with the positions as gains."""
    position = torch.tensor(POSITIONS)[:, None, None]
    return (1 - position) * path[0] + position * path[-1]


@torch.inference_mode()
def held_notes(
    network: SpectrogramVAE, start: Float[Tensor, " latent"], end: Float[Tensor, " latent"]
) -> dict[str, Float[Tensor, "note sample"]]:
    """Synthesize held notes at the middle position of each way, and at both ends.

    Args:
        network: The synthesizer.
        start: z at position 0.
        end: z at position 1.

    Returns:
        The sounds by the keys of `symvae.evaluation.timbre_paths.LABELS`, "start" and "end".
    """
    notes = [
        Notes(np.zeros(1), np.array([HELD_SEC + 1]), np.array([pitch]), np.array([HELD_VELOCITY]))
        for pitch in HELD_PITCHES
    ]
    excitation = excitations(network, notes, round(HELD_SEC * network.sample_rate))
    timbres = [blend_at(start, end, position) for position in (0.0, 0.5, 1.0)]
    first, middle, last, line = synthesize_path(network, excitation, [*timbres, line_at(start, end, 0.5)])
    return {"morph": middle, "line": line, "cross_fade": (first + last) / 2, "start": first, "end": last}
