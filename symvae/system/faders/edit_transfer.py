"""Edit transfer: apply the difference of two decodes to the original notes.

A decode of polyphonic music reconstructs some notes and loses others, whether a fader moved or not. The
effect of an edit is therefore the difference between the decode of z and the decode of z edited, applied to
the phrase itself: notes that the second decode lacks are removed, notes that only it has are added, all
others stay, and velocities and durations change by the mean difference of the two decodes.

A decode replaces the music; a transferred edit keeps the notes that it does not touch. The search over bars
(`symvae.system.faders.bar_search`) chooses between them.
"""

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.phrase import Phrase

#: Columns are onset and duration in steps, pitch, and velocity.
Notes = Int[np.ndarray, "_ 4"]
PITCHES = 128


def transfer_edit(phrase: Phrase, before: Phrase, after: Phrase) -> Phrase:
    """Change a phrase as ``before`` changes into ``after``.

    Args:
        phrase: the original notes.
        before: decode of its z.
        after: decode of its z edited.

    Returns:
        The phrase edited, at the tempo of ``after``.
    """
    original, old, new = (places(notes_of(each)) for each in (phrase, before, after))
    kept = notes_of(phrase)[~np.isin(original, np.setdiff1d(old, new))]
    added = notes_of(after)[~np.isin(new, np.concatenate([old, original]))]
    if len(before) and len(after):
        louder = after.velocity.mean() - before.velocity.mean()
        longer = np.log(after.duration_step).mean() - np.log(before.duration_step).mean()
        kept[:, 3] = np.rint(kept[:, 3] + louder).clip(1, 127)
        kept[:, 1] = np.rint(kept[:, 1] * np.exp(longer))
    return with_notes(phrase, np.concatenate([kept, added])).with_tempo(after.tempo_qpm)


def lost_share(phrase: Phrase, result: Phrase) -> float:
    """Share of the notes of both that the other phrase lacks, by pitch and onset: 0 for the same notes."""
    if not len(phrase) + len(result):
        return 0.0
    old, new = places(notes_of(phrase)), places(notes_of(result))
    steps = phrase.grid.num_steps
    kept = np.count_nonzero(onset_table(old, steps)[new]) + np.count_nonzero(onset_table(new, steps)[old])
    return 1 - kept / (len(old) + len(new))


def exchanged_share(phrase: Phrase, result: Phrase) -> float:
    """Share of the notes of a phrase that the result has others for, half of that for a note without another.

    New notes beside all old ones cost nothing: 0 for a phrase that is still whole, and for silence.
    """
    if not len(phrase):
        return 0.0
    new = onset_table(places(notes_of(result)), phrase.grid.num_steps)
    kept = int(np.count_nonzero(new[places(notes_of(phrase))]))
    gone, added = len(phrase) - kept, max(0, len(result) - kept)
    return (gone + min(gone, added)) / (2 * len(phrase))


def notes_of(phrase: Phrase) -> Notes:
    """Return the notes of a phrase as rows."""
    return np.stack(phrase.columns, axis=1)


def with_notes(phrase: Phrase, notes: Notes) -> Phrase:
    """Return a phrase of other notes, each cut at the next onset of its pitch and at the end."""
    order = np.lexsort((notes[:, 0], notes[:, 2]))
    onset, duration, pitch, velocity = notes[order].T
    end = np.full(len(notes), phrase.grid.num_steps)
    again = pitch[1:] == pitch[:-1]
    end[:-1][again] = onset[1:][again]
    duration = duration.clip(1, np.maximum(end - onset, 1))
    return phrase.with_notes(onset, duration, pitch, velocity)


def onset_table(at: Int[np.ndarray, " note"], num_steps: int) -> Bool[np.ndarray, " place"]:
    """Look-up table of places: True where a note starts."""
    table = np.zeros(num_steps * PITCHES, bool)
    table[at] = True
    return table


def places(notes: Notes) -> Int[np.ndarray, " note"]:
    """Number each note by its onset step and pitch."""
    return notes[:, 0] * PITCHES + notes[:, 2]
