"""Patch: the edit of a phrase, for a span of the song that the phrase was read from."""

from typing import NamedTuple

import numpy as np

from symvae.music.phrase import Phrase


class Patch(NamedTuple):
    """The edit of a phrase, for a span of ticks."""

    before: Phrase
    """The phrase as it was read."""
    after: Phrase
    """The phrase as it is now, on the same grid."""
    at_tick: int
    """Tick of the first step of the phrases."""
    start_tick: int
    """First tick of the span: the edits of notes that start in it are applied."""
    end_tick: int
    """First tick after the span."""
    until_tick: int
    """End of the bars of the phrase in the song: no new note lasts longer."""

    def under(self, step_tick: float) -> "Patch":
        """The patch with the notes of its span only, no pitch starting twice at a step."""
        before, after = (self._cut(phrase, step_tick) for phrase in (self.before, self.after))
        return self._replace(before=before, after=after)

    def _cut(self, phrase: Phrase, step_tick: float) -> Phrase:
        phrase = phrase.without_overlaps()
        # Rounded as bar lines are: a step on a bar line is exactly there.
        tick = np.floor(self.at_tick + phrase.onset_step * step_tick + 0.5)
        return phrase.select((tick >= self.start_tick) & (tick < self.end_tick))
