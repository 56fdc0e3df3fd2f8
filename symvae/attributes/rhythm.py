"""Syncopation as in MusicVAE: notes that start on a weak position after an empty strong one.

Roberts et al. 2018 (arXiv 1803.05428) define

- at sixteenths: the fraction of the (sixteenth-quantized) onsets that land between two eighths,
  with no onset at the sixteenth before;
- at eighths: the fraction that land on the eighth between two beats, with no onset at the
  sixteenth before, nor at the eighth before.

Positions are counted from the barline. The paper has 4/4 only; in 6/8 a beat has two weak eighths
and the definition is applied to both. An onset on a strong position hides a weak one right after
it; velocities are ignored.
"""

import numpy as np
from jaxtyping import Bool

from symvae.attributes.attribute import attribute
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase

STEPS_PER_EIGHTH = STEPS_PER_QUARTER // 2
SOURCE = "Roberts et al. 2018, arXiv 1803.05428: {} note syncopation"


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=0.0, source=SOURCE.format("16th"))
def syncopation_16th(phrase: Phrase) -> float:
    """Share of notes between two eighths with no onset a sixteenth before."""
    weak = phrase.onset_step % STEPS_PER_EIGHTH != 0
    return float(np.mean(weak & ~_onset_before(phrase, 1)))


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=0.0, source=SOURCE.format("8th"))
def syncopation_8th(phrase: Phrase) -> float:
    """Share of notes on an eighth off the beat with no onset a sixteenth or an eighth before."""
    on_eighth = phrase.onset_step % STEPS_PER_EIGHTH == 0
    off_beat = phrase.onset_step % phrase.grid.steps_per_beat != 0
    before = _onset_before(phrase, 1) | _onset_before(phrase, STEPS_PER_EIGHTH)
    return float(np.mean(on_eighth & off_beat & ~before))


def _onset_before(phrase: Phrase, steps: int) -> Bool[np.ndarray, " note"]:
    """Mask of the notes before which another starts, exactly ``steps`` sixteenths earlier."""
    return np.isin(phrase.onset_step - steps, phrase.onset_step)
