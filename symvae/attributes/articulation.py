"""How the notes are joined: legato or staccato.

Performance research reads it from the duration of a note over its inter-onset interval, the time to
the next onset. Written rests count as well as short playing: a grid cannot tell them apart.
"""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(
    unit="share", bounds=(0.0, 1.0), on_silence=0.0, source="symvae: duration / inter-onset interval, up to 1"
)
def articulation(phrase: Phrase) -> float:
    """The share of the time to the next onset for which a note is held, on average: 1 is legato.

    The next onset is a later one: the notes of a chord share it. A note held past it counts 1. After
    the last onset nothing follows, and its notes are measured against the end of its bar.
    """
    onset = phrase.onset_step
    length = phrase.grid.steps_per_bar
    barline = (onset[-1] // length + 1) * length
    following = np.append(onset, barline)[np.searchsorted(onset, onset, side="right")]
    return float(np.minimum(phrase.duration_step / (following - onset), 1.0).mean())
