"""Tempo and loudness: requests about how notes are played, which change no note's place or length.

The tempo is set, and all velocities move by the same amount, so that accents stay. This needs no network.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from symvae.attributes.table import measure
from symvae.music.phrase import Phrase
from symvae.system.faders.request import Fader, Wishes, asked_values

TEMPO, LOUDNESS = "tempo", "mean_velocity"


def is_performance(wishes: Wishes) -> bool:
    """True if tempo or loudness is requested, and nothing else."""
    return bool(wishes) and wishes.keys() <= {TEMPO, LOUDNESS}


def perform(phrase: Phrase, wishes: Wishes, faders: Mapping[str, Fader]) -> Phrase:
    """Set tempo and loudness of a phrase.

    Args:
        phrase: the notes.
        wishes: requests for these faders only.
        faders: the model's faders by name.

    Returns:
        The same notes, all louder or softer by one amount within the velocities of MIDI, at the tempo.

    Raises:
        LatentError: a fader does not exist, or a wish is no number.
    """
    current = {name: float(values[0]) for name, values in measure([phrase], list(wishes)).items()}
    asked = asked_values(faders, wishes, current)
    if LOUDNESS in asked:
        louder = int(np.rint(asked[LOUDNESS] - current[LOUDNESS]))
        phrase = replace(phrase, velocity=(phrase.velocity + louder).clip(1, 127))
    return phrase.with_tempo(asked.get(TEMPO, phrase.tempo_qpm))
