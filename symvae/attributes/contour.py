"""Melodic contour: up, down, or back to the first pitch. The melody of a chord is its top note.

Pati and Lerch 2020 (arXiv 2004.05485) take the contour of a bar as the sum of the intervals from each
note to the next. All notes but the first and the last cancel: the sum is the last pitch minus the
first. We take it over the whole phrase and leave it in semitones, where their code divides by 26.
Pettenò's library resolv-mir sums absolute intervals under the same name: motion without direction, for
which we have ``mean_interval``.
"""

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(
    unit="semitones",
    bounds=(-127.0, 127.0),
    on_silence=0.0,
    source="Pati and Lerch 2020, arXiv 2004.05485: contour, in semitones over the whole phrase",
)
def contour(phrase: Phrase) -> float:
    """Sum of the intervals from note to note: last pitch minus first pitch."""
    first_top = np.searchsorted(phrase.onset_step, phrase.onset_step[0], side="right") - 1
    return float(phrase.pitch[-1] - phrase.pitch[first_top])
