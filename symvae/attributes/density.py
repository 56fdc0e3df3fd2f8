"""How much happens, and how much does not.

Four densities, which differ in what they count and what they divide by:

    notes_per_bar     notes, by bars
    onset_density     notes, by steps
    rhythm_density    steps at which a note starts, by steps: a chord counts once
    note_density      notes that sound at a step, struck or held, averaged over the steps

None knows pitch or tempo: a phrase played twice as fast is as dense as before (see tempo.py).
"""

from math import inf

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="notes per bar", bounds=(0.0, inf), on_silence=0.0, source="MusicVAE's note density, per bar")
def notes_per_bar(phrase: Phrase) -> float:
    """How many notes start in a bar, on average."""
    return len(phrase) / phrase.grid.bars


@attribute(
    unit="notes per sixteenth",
    bounds=(0.0, inf),
    on_silence=0.0,
    source="Roberts et al. 2018, arXiv 1803.05428: number of note onsets / number of steps",
)
def onset_density(phrase: Phrase) -> float:
    """How many notes start at a sixteenth, on average: at most 1 in a melody."""
    return len(phrase) / phrase.grid.num_steps


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="Tan and Herremans 2020, arXiv 2007.15474: rhythm density",
)
def rhythm_density(phrase: Phrase) -> float:
    """The share of sixteenths at which a note starts, or several.

    A note struck again counts. The paper's code reads a piano roll, where it cannot be told from a held one.
    """
    return (1 + np.count_nonzero(np.diff(phrase.onset_step))) / phrase.grid.num_steps


@attribute(
    unit="sounding notes per sixteenth",
    bounds=(0.0, inf),
    on_silence=0.0,
    source="Tan and Herremans 2020, arXiv 2007.15474: note density",
)
def note_density(phrase: Phrase) -> float:
    """How many notes sound at a sixteenth, struck or held, on average: at most 1 in a melody."""
    return float(phrase.duration_step.sum() / phrase.grid.num_steps)


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=1.0, source="symvae")
def rest_share(phrase: Phrase) -> float:
    """The share of the time in which nothing sounds."""
    change = np.zeros(phrase.grid.num_steps + 1, np.int64)
    np.add.at(change, phrase.onset_step, 1)
    np.add.at(change, phrase.end_step, -1)
    return float(np.mean(np.cumsum(change)[:-1] == 0))
