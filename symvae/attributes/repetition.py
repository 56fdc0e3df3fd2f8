"""How much a phrase comes back to what it has said."""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=0.0, source="symvae")
def repeated_bar_share(phrase: Phrase) -> float:
    """The share of the bars after the first that repeat an earlier bar, note by note.

    A bar is the notes that start in it, each up to the barline at most; velocities do not
    count. A bar in which no note starts repeats nothing. One bar alone has nothing to repeat: 0.
    """
    if phrase.grid.bars == 1:
        return 0.0
    length = phrase.grid.steps_per_bar
    bar, step = np.divmod(phrase.onset_step, length)
    notes = np.stack([step, phrase.pitch, np.minimum(phrase.duration_step, length - step)], axis=1)
    starts = np.searchsorted(bar, np.arange(1, phrase.grid.bars))
    spelled = [part.tobytes() for part in np.split(notes, starts) if len(part)]
    return (len(spelled) - len(set(spelled))) / (phrase.grid.bars - 1)
