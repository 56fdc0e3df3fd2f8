"""Where the melody goes: up, down, or back to where it began. Of a chord, the top note is the melody.

Pati and Lerch 2020 (arXiv 2004.05485) take the contour of a bar as the sum of the intervals from each
note to the next. Every note but the first and the last cancels: what remains is the last pitch minus
the first. We take it over the whole phrase and leave it in semitones, where their code divides by 26.
Pettenò's library resolv-mir sums absolute intervals under the same name: motion without a direction,
for which we have ``mean_interval``.
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
    """The sum of the intervals from note to note: how much higher the melody ends than it began."""
    first_top = np.searchsorted(phrase.onset_step, phrase.onset_step[0], side="right") - 1
    return float(phrase.pitch[-1] - phrase.pitch[first_top])
