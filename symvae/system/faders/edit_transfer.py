"""An edit grafted onto the notes that were there: what the model cannot say need not be said again.

A decode of many voices brings some notes back and loses others, whether a fader moved or not. So what an edit
does is read off two decodes, of z as it was and of z edited, and done to the phrase itself: notes that are in
the first and not in the second go, notes that only the second has come, all others stay, and velocities and
lengths change by as much, on average, as they do from one decode to the other.

A decode replaces the music, a transfer_edit keeps what it does not touch. Which of the two serves better, bar by bar,
is for `symvae.system.faders.bar_search`.
"""

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.phrase import Phrase

#: Columns are onset and duration in steps, pitch, and velocity.
Notes = Int[np.ndarray, "_ 4"]
PITCHES = 128


def transfer_edit(phrase: Phrase, before: Phrase, after: Phrase) -> Phrase:
    """``phrase`` changed as ``before`` changes into ``after``, at the tempo of ``after``."""
    there, old, new = (places(notes_of(each)) for each in (phrase, before, after))
    stays = notes_of(phrase)[~np.isin(there, np.setdiff1d(old, new))]
    comes = notes_of(after)[~np.isin(new, np.concatenate([old, there]))]
    if len(before) and len(after):
        louder = after.velocity.mean() - before.velocity.mean()
        longer = np.log(after.duration_step).mean() - np.log(before.duration_step).mean()
        stays[:, 3] = np.rint(stays[:, 3] + louder).clip(1, 127)
        stays[:, 1] = np.rint(stays[:, 1] * np.exp(longer))
    return with_notes(phrase, np.concatenate([stays, comes])).with_tempo(after.tempo_qpm)


def lost_share(phrase: Phrase, result: Phrase) -> float:
    """What share of both phrases' notes the other has not, by pitch and step: 0 for the same notes."""
    if not len(phrase) + len(result):
        return 0.0
    old, new = places(notes_of(phrase)), places(notes_of(result))
    steps = phrase.grid.num_steps
    kept = np.count_nonzero(struck(old, steps)[new]) + np.count_nonzero(struck(new, steps)[old])
    return 1 - kept / (len(old) + len(new))


def notes_of(phrase: Phrase) -> Notes:
    """The notes of a phrase, a row each."""
    return np.stack(phrase.columns, axis=1)


def with_notes(phrase: Phrase, notes: Notes) -> Phrase:
    """A phrase of other notes. None lasts past the end, or past the next stroke of its key."""
    order = np.lexsort((notes[:, 0], notes[:, 2]))
    onset, duration, pitch, velocity = notes[order].T
    end = np.full(len(notes), phrase.grid.num_steps)
    again = pitch[1:] == pitch[:-1]
    end[:-1][again] = onset[1:][again]
    duration = duration.clip(1, np.maximum(end - onset, 1))
    return phrase.with_notes(onset, duration, pitch, velocity)


def struck(at: Int[np.ndarray, " note"], num_steps: int) -> Bool[np.ndarray, " place"]:
    """Which of all places are among these: a table, quicker to ask than a set."""
    table = np.zeros(num_steps * PITCHES, bool)
    table[at] = True
    return table


def places(notes: Notes) -> Int[np.ndarray, " note"]:
    """A number for each note that says which key is struck when."""
    return notes[:, 0] * PITCHES + notes[:, 2]
