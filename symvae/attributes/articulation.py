"""Articulation: legato or staccato.

Performance research measures the ratio of a note's duration to its inter-onset interval, the time to the
next onset. Written rests count like short notes: a grid cannot distinguish them.
"""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(
    unit="share", bounds=(0.0, 1.0), on_silence=0.0, source="symvae: duration / inter-onset interval, up to 1"
)
def articulation(phrase: Phrase) -> float:
    """Mean share of the time to the next onset for which a note is held: 1 is legato.

    The notes of a chord share their next onset. A note held past it counts 1. The notes of the last onset
    are measured against the end of its bar.
    """
    onset = phrase.onset_step
    length = phrase.grid.steps_per_bar
    barline = (onset[-1] // length + 1) * length
    following = np.append(onset, barline)[np.searchsorted(onset, onset, side="right")]
    return float(np.minimum(phrase.duration_step / (following - onset), 1.0).mean())
