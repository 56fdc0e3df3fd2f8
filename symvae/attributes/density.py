"""How much happens, and how much does not.

Both densities count every note, those of a chord too, and know neither pitch nor tempo: a
phrase played twice as fast is as dense as before.
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


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=1.0, source="symvae")
def rest_share(phrase: Phrase) -> float:
    """The share of the time in which nothing sounds."""
    change = np.zeros(phrase.grid.num_steps + 1, np.int64)
    np.add.at(change, phrase.onset_step, 1)
    np.add.at(change, phrase.end_step, -1)
    return float(np.mean(np.cumsum(change)[:-1] == 0))
