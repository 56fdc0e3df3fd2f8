"""Foreign notes: notes outside the scale of the source at their place.

The scale of every eight bars is the diatonic set of seven pitch classes in which most of the source's notes
lie, weighted by duration; a major key and its relative minor share it. So modulations of the source move it,
and the edited song is measured by the source's scales.
"""

import numpy as np
from jaxtyping import Bool, Int

from symvae.evaluation.metrics.song_notes import SongNotes
from symvae.music.diatonic import MAJOR_SCALES

#: Bars that share a scale.
SPAN_BARS = 8


def scales_of(notes: SongNotes) -> Bool[np.ndarray, "span pitch_class"]:
    """Find the scale of every eight bars.

    Args:
        notes: Notes of a song.

    Returns:
        True for the pitch classes of each scale; a silent span has the scale of the whole song.
    """
    span = _span(notes)
    spans = max(1, -(-len(notes.line_step) // SPAN_BARS))
    weight = np.bincount(
        span * 12 + notes.pitch % 12, weights=notes.end_step - notes.onset_step, minlength=spans * 12
    ).reshape(spans, 12)
    weight[~weight.any(axis=1)] = weight.sum(axis=0)
    return MAJOR_SCALES[(weight @ MAJOR_SCALES.T).argmax(axis=1)]


def foreign(notes: SongNotes, scales: Bool[np.ndarray, "span pitch_class"]) -> Bool[np.ndarray, " note"]:
    """Mark notes outside the scale at their place.

    Args:
        notes: Notes of a song.
        scales: Scales of every eight bars (`scales_of`), of the same song or its source.

    Returns:
        True for each note outside.
    """
    return ~scales[np.minimum(_span(notes), len(scales) - 1), notes.pitch % 12]


def _span(notes: SongNotes) -> Int[np.ndarray, " note"]:
    return np.maximum(notes.bar, 0) // SPAN_BARS
