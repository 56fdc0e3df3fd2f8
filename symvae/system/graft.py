"""An edit grafted onto the notes that were there: what the model cannot say need not be said again.

A decode of many voices brings some notes back and loses others, whether a fader moved or not. So what an edit
does is read off two decodes, of z as it was and of z edited, and done to the phrase itself: notes that are in
the first and not in the second go, notes that only the second has come, all others stay, and velocities and
lengths change by as much, on average, as they do from one decode to the other.

A decode replaces the music, a graft keeps what it does not touch. Which of the two serves better, bar by bar,
is for `symvae.system.assemble`.
"""

import numpy as np
from jaxtyping import Int

from symvae.music.phrase import Phrase

_PITCHES = 128


def graft(phrase: Phrase, before: Phrase, after: Phrase) -> Phrase:
    """``phrase`` changed as ``before`` changes into ``after``, at the tempo of ``after``."""
    there, old, new = _places(phrase), _places(before), _places(after)
    stays = ~np.isin(there, np.setdiff1d(old, new))
    comes = ~np.isin(new, np.concatenate([old, there]))
    louder = longer = 0.0
    if len(before) and len(after):
        louder = after.velocity.mean() - before.velocity.mean()
        longer = np.log(after.duration_step).mean() - np.log(before.duration_step).mean()
    onset = np.concatenate([phrase.onset_step[stays], after.onset_step[comes]])
    pitch = np.concatenate([phrase.pitch[stays], after.pitch[comes]])
    velocity = np.concatenate([phrase.velocity[stays] + louder, after.velocity[comes]])
    duration = np.concatenate([phrase.duration_step[stays] * np.exp(longer), after.duration_step[comes]])
    order = np.lexsort((onset, pitch))
    onset, pitch, velocity, duration = (x[order] for x in (onset, pitch, velocity, duration))
    end = np.full(len(onset), phrase.grid.num_steps)
    again = pitch[1:] == pitch[:-1]
    end[:-1][again] = onset[1:][again]  # a key that is struck again was let go
    return Phrase(
        phrase.grid,
        onset,
        np.clip(np.rint(duration).astype(np.int64), 1, np.maximum(end - onset, 1)),
        pitch,
        np.clip(np.rint(velocity).astype(np.int64), 1, 127),
        after.tempo_qpm,
    )


def lost_share(phrase: Phrase, result: Phrase) -> float:
    """What share of both phrases' notes the other has not, by pitch and step: 0 for the same notes."""
    notes = len(phrase) + len(result)
    return 1 - 2 * len(np.intersect1d(_places(phrase), _places(result))) / notes if notes else 0.0


def _places(phrase: Phrase) -> Int[np.ndarray, " note"]:
    return phrase.onset_step * _PITCHES + phrase.pitch
