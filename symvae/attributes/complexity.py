"""Rhythmic complexity: density of a rhythm, and its share of weak positions.

Toussaint 2002 ("A mathematical analysis of African, Brazilian and Cuban clave rhythms") sums the metrical
weights of the onsets of a rhythm (`symvae.music.metrical_weight`).

Pati and Lerch 2020 (arXiv 2004.05485) turn weight into complexity: an onset counts one over its
weight, and the sum is divided by that of a bar with an onset at every step. So a busy bar is more complex
than a sparse one, and of two bars with as many onsets the more offbeat one is.

Where we depart: their code has 0.67 on the second and fourth beat, more than on the eighths between
beats (0.5), where the rule gives 1/3; its other coefficients on our grid follow the rule. It has
triplets, our grid has none. It knows 4/4 alone.
"""

import numpy as np
from jaxtyping import Float

from symvae.attributes.attribute import attribute
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase


def _complexity(metre: str) -> Float[np.ndarray, " step"]:
    """Contribution of an onset at each step of a bar; they sum to 1."""
    weight = metrical_weight(Grid.of_metre(metre, 1))
    return 1 / weight / (1 / weight).sum()


#: (Beats per bar, steps per beat) → complexity by step of the bar.
_COMPLEXITY = {METRES[metre]: _complexity(metre) for metre in METRES}


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="Pati and Lerch 2020, arXiv 2004.05485: rhythmic complexity, after Toussaint 2002",
)
def rhythmic_complexity(phrase: Phrase) -> float:
    """Number of onsets, weighted by the weakness of their positions: 1 if every sixteenth has one."""
    grid = phrase.grid
    onsets = np.zeros(grid.num_steps, bool)
    onsets[phrase.onset_step] = True
    of_bar = _COMPLEXITY[grid.beats_per_bar, grid.steps_per_beat]
    return float((onsets.reshape(grid.bars, grid.steps_per_bar) @ of_bar).mean())
