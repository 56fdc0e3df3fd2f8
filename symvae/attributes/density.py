"""Densities of notes, and the share of rests.

The four densities differ in numerator and denominator:

    notes_per_bar     notes / bars
    onset_density     notes / steps
    rhythm_density    steps at which a note starts / steps: a chord counts once
    note_density      mean number of notes that sound at a step, struck or held

None depends on pitch or tempo: a phrase at twice the tempo is as dense as before (see tempo.py).
"""

from math import inf

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="notes per bar", bounds=(0.0, inf), on_silence=0.0, source="MusicVAE's note density, per bar")
def notes_per_bar(phrase: Phrase) -> float:
    """Mean number of notes that start in a bar."""
    return len(phrase) / phrase.grid.bars


@attribute(
    unit="notes per sixteenth",
    bounds=(0.0, inf),
    on_silence=0.0,
    source="Roberts et al. 2018, arXiv 1803.05428: number of note onsets / number of steps",
)
def onset_density(phrase: Phrase) -> float:
    """Mean number of notes that start at a sixteenth: at most 1 in a melody."""
    return len(phrase) / phrase.grid.num_steps


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="Tan and Herremans 2020, arXiv 2007.15474: rhythm density",
)
def rhythm_density(phrase: Phrase) -> float:
    """Share of sixteenths at which at least one note starts.

    A repeated note counts. The paper's code works on a piano roll, where it cannot be distinguished from a
    held one.
    """
    return (1 + np.count_nonzero(np.diff(phrase.onset_step))) / phrase.grid.num_steps


@attribute(
    unit="sounding notes per sixteenth",
    bounds=(0.0, inf),
    on_silence=0.0,
    source="Tan and Herremans 2020, arXiv 2007.15474: note density",
)
def note_density(phrase: Phrase) -> float:
    """Mean number of notes that sound at a sixteenth, struck or held: at most 1 in a melody."""
    return float(phrase.duration_step.sum() / phrase.grid.num_steps)


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=1.0, source="symvae")
def rest_share(phrase: Phrase) -> float:
    """Share of the time in which no note sounds."""
    change = np.zeros(phrase.grid.num_steps + 1, np.int64)
    np.add.at(change, phrase.onset_step, 1)
    np.add.at(change, phrase.end_step, -1)
    return float(np.mean(np.cumsum(change)[:-1] == 0))
