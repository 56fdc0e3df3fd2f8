"""Strokes of one drum: soft and hard ones, each several times, as a drummer plays it."""

import math

import torch

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.dsp.audio import Audio
from symvae.system.draws import seeded
from symvae.system.drum_faders import FADERS
from symvae.system.drum_machine import DrumMachine
from symvae.system.drum_sound import class_number

#: Logarithm of the share of its centroid that the softest stroke keeps.
_SOFTEST = math.log(0.6)
#: Scale of the prior's noise: the drums of a song shall be heard as what they are.
_TEMPERATURE = 0.85
#: Share of a new draw in the strokes of a drum, which are alike and not the same.
_TURN = 0.12


def strokes(
    machine: DrumMachine, drum: str, *, seed: int = 0, layers: int = 3, turns: int = 3
) -> list[list[Audio]]:
    """Draw one drum that is struck softly and hard, each several times.

    Soft strokes are darker, by the direction of the centroid in z; strokes of a layer differ by small draws.

    Args:
        machine: The drum machine.
        drum: Name of the class.
        seed: The same seed gives the same drum.
        layers: Number of strengths, from soft to hard.
        turns: Number of strokes of each strength.

    Returns:
        Sounds by layer.

    Raises:
        ConfigError: There is no such class.
    """
    number = class_number(drum, machine.drums, machine.name)
    classes = torch.eye(len(machine.drums))[number]
    z, *others = machine.latents(classes.expand(1 + turns, -1), seeded(seed), _TEMPERATURE)
    darker = _SOFTEST * machine.faders.directions[FADERS.index("centroid_hz")]
    softness = torch.linspace(1, 0, layers) if layers > 1 else torch.zeros(1)
    rows = [
        math.sqrt(1 - _TURN**2) * (z + soft * darker) + _TURN * other for soft in softness for other in others
    ]
    waves = machine.struck(machine.waves(torch.stack(rows), classes, seed), [number] * len(rows))
    sounds = [Audio(wave[None], SAMPLE_RATE) for wave in waves]
    return [sounds[first : first + turns] for first in range(0, len(sounds), turns)]
