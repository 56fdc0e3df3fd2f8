"""Ends of longer notes taken back where they would meet what they did not meet before.

An edit that is carried from one bar to another, or over a bar line, finds other notes there: a note that it
made longer may sound into one a semitone away, or up to the next onset of its own pitch.
"""

import numpy as np

from symvae.music.arranging.texture import CLASHES
from symvae.music.phrase import Phrase


def without_new_clashes(source: Phrase, edited: Phrase) -> Phrase:
    """Shorten notes that an edit made longer, where they run into clashes or re-strikes.

    Args:
        source: The phrase before the edit, of pitched notes.
        edited: The phrase after.

    Returns:
        The edited phrase. Notes at a place where the source has none stay as they are, and no other one gets
        shorter than in the source.
    """
    before = {
        (onset, pitch): end
        for onset, end, pitch in zip(
            source.onset_step.tolist(), source.end_step.tolist(), source.pitch.tolist(), strict=True
        )
    }
    onset, duration, pitch, velocity = (column.copy() for column in edited.columns)
    end = onset + duration
    for row, (start, last, tone) in enumerate(zip(onset.tolist(), end.tolist(), pitch.tolist(), strict=True)):
        own = before.get((start, tone), last)
        if last <= own:
            continue
        later = (onset > start) & (onset >= own) & (onset <= last)
        clashing = later & (onset < last) & np.isin(abs(pitch - tone), CLASHES)
        again = later & (pitch == tone) & (onset > own)
        limits = [last, *onset[clashing].tolist(), *(onset[again] - 1).tolist()]
        end[row] = max(min(limits), own)
    return edited.with_notes(onset, end - onset, pitch, velocity, edited.offset_step)
