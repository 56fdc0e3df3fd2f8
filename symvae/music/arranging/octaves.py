"""The bass doubled an octave below, on the first beat of every bar."""

import numpy as np

from symvae.music.arranging.texture import clashes, sounding
from symvae.music.phrase import Phrase

#: Lowest pitch of a doubled bass: E1, the lowest string of a double bass.
LOWEST = 28


def with_bass_octaves(phrase: Phrase) -> Phrase:
    """Double the lowest note of each downbeat an octave below.

    A bar stays as it is where that would be too low, repeat a pitch that has just sounded, or clash.

    Args:
        phrase: The phrase.

    Returns:
        The phrase with the new notes.
    """
    sounds = sounding(phrase)
    new = []
    for step in range(0, phrase.grid.num_steps, phrase.grid.steps_per_bar):
        rows = np.flatnonzero(phrase.onset_step == step)
        if not len(rows):
            continue
        row = rows[0]  # of notes that start together the lowest is the first
        pitch, end = int(phrase.pitch[row]) - 12, int(phrase.end_step[row])
        if pitch < LOWEST or sounds[max(0, step - 1) : end + 1, pitch].any():
            continue
        if sounds[step, : pitch + 12].any() or clashes(np.array([pitch]), sounds[step])[0]:
            continue
        new.append((step, end - step, pitch, int(phrase.velocity[row])))
    if not new:
        return phrase
    columns = zip(phrase.columns, np.array(new).T, strict=True)
    return phrase.with_notes(*(np.concatenate(pair) for pair in columns))
