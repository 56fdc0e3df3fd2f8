"""A bass line bound to chords: each note outside its chord moves to the nearest tone of it.

The first note of a chord takes its root, or the bass that the symbol names ("C/E"), in the octave that is
nearest. So the chords of a lead sheet sound even where a line was drawn for others.
"""

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.chords import Chords
from symvae.music.phrase import Phrase
from symvae.music.pitch import BASS_PITCHES


def bind_bass(bass: Phrase, chords: Chords) -> Phrase:
    """Move notes of a bass line to tones of their chords.

    Args:
        bass: A bass line.
        chords: The chord of each span of its grid; spans without one leave it free.

    Returns:
        The line with the same rhythm.
    """
    if not len(bass):
        return bass
    span = np.minimum(bass.onset_step // chords.span_step, len(chords.root) - 1)
    tones, lowest = chords.tones(), _lowest(chords)
    same = [chord_at(chords, number) for number in range(len(chords.root))]
    pitch = bass.pitch.copy()
    for note, number in enumerate(span.tolist()):
        if lowest[number] < 0:
            continue
        begins = note == 0 or same[int(span[note - 1])] != same[number]
        wanted = np.arange(12) == lowest[number] if begins else tones[number]
        pitch[note] = _nearest(int(pitch[note]), wanted)
    return bass.with_notes(bass.onset_step, bass.duration_step, pitch, bass.velocity)


def chord_at(chords: Chords, span: int) -> tuple[int, str, int]:
    """Root, quality and bass of a span, which are equal where the chord is."""
    return int(chords.root[span]), chords.quality[span], int(_lowest(chords)[span])


def chord_tone_share(bass: Phrase, chords: Chords) -> float:
    """Share of the notes of a bass line that are tones of their chord; 1 for none."""
    span = np.minimum(bass.onset_step // chords.span_step, len(chords.root) - 1)
    return float(chords.tones()[span, bass.pitch % 12].mean()) if len(bass) else 1.0


def _lowest(chords: Chords) -> Int[np.ndarray, " span"]:
    """Pitch class that a chord has in the bass; -1 where there is no chord."""
    if chords.bass is None:
        return chords.root
    return np.where(chords.root < 0, -1, np.where(chords.bass >= 0, chords.bass, chords.root))


def _nearest(pitch: int, wanted: Bool[np.ndarray, " pitch_class"]) -> int:
    """The nearest pitch within the range of a bass whose pitch class is wanted; the lower of two."""
    low, high = BASS_PITCHES
    inside = [each for each in range(low, high + 1) if wanted[each % 12]]
    return min(inside, key=lambda each: (abs(each - pitch), each))
