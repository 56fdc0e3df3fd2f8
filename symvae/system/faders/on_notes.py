"""Faders of one phrase on its own notes: tempo, loudness, lengths and transposition, on the phrase's grid.

`symvae.pipelines.exact_edits` does the same for whole songs in their own time, finer than a grid.
"""

from collections.abc import Mapping
from math import inf

import numpy as np

from symvae.attributes.table import ATTRIBUTES
from symvae.music.exact_edits import louder, room_to_grow, scaled_lengths
from symvae.music.phrase import Phrase
from symvae.system.faders.performance import LOUDNESS, TEMPO
from symvae.system.faders.request import Fader, Wishes, asked_values
from symvae.system.faders.transposition import transposed
from symvae.system.faders.ways import ARTICULATION, LINE_DENSITY, REGISTER

#: Lengths are multiplied by at most this number, or divided by it; one search takes so many candidates.
MOST_TIMES, CANDIDATES = 16.0, 64


def exact_values(faders: Mapping[str, Fader], wishes: Wishes, phrase: Phrase) -> dict[str, float]:
    """Values of faders that are set on the notes, as far as any music has them.

    Args:
        faders: The model's faders by name.
        wishes: Values or changes by fader.
        phrase: The phrase before.

    Returns:
        A value for each.
    """
    free = {name: each._replace(low=-inf, high=inf) for name, each in faders.items()}
    asked = asked_values(free, wishes, {name: ATTRIBUTES[name](phrase) for name in wishes if name in faders})
    return {name: float(np.clip(value, *ATTRIBUTES[name].bounds)) for name, value in asked.items()}


def edit_on_notes(phrase: Phrase, source: Phrase, asked: Mapping[str, float]) -> Phrase:
    """Set faders that have an exact edit.

    Args:
        phrase: The notes to edit.
        source: The phrase before the model changed it, from which a transposition is counted.
        asked: Values by fader: tempo, mean velocity, articulation, note density or register.

    Returns:
        The same notes, with other pitches, velocities, lengths or tempo, as near to the values as they come.
    """
    if REGISTER in asked and len(phrase):
        by = asked[REGISTER] - ATTRIBUTES[REGISTER](source)
        onset, duration, _, velocity = phrase.columns
        phrase = phrase.with_notes(onset, duration, transposed(phrase.pitch, by, None).pitch, velocity)
    if LOUDNESS in asked and len(phrase):
        onset, duration, pitch, velocity = phrase.columns
        by = int(np.rint(asked[LOUDNESS] - ATTRIBUTES[LOUDNESS](phrase)))
        phrase = phrase.with_notes(onset, duration, pitch, louder(velocity, by))
    for name in (ARTICULATION, LINE_DENSITY):
        if name in asked and len(phrase):
            phrase = _nearest_lengths(phrase, name, asked[name])
    return phrase.with_tempo(asked[TEMPO]) if TEMPO in asked else phrase


def _nearest_lengths(phrase: Phrase, name: str, value: float) -> Phrase:
    """Multiply all lengths by the number that brings an attribute nearest; by 1 where that is as near."""
    times = np.append(1.0, np.geomspace(1 / MOST_TIMES, MOST_TIMES, CANDIDATES))
    found = [_with_lengths(phrase, each) for each in times.tolist()]
    return min(found, key=lambda each: abs(ATTRIBUTES[name](each) - value))


def _with_lengths(phrase: Phrase, times: float) -> Phrase:
    onset, _, pitch, velocity = phrase.columns
    everything = np.ones(len(phrase), bool)
    room = np.minimum(room_to_grow(onset, onset, pitch, everything), phrase.grid.num_steps)
    end = scaled_lengths(onset, phrase.end_step, room, times, least=1)
    return phrase.with_notes(onset, end - onset, pitch, velocity)
