"""The last few notes: what decodes of many voices missed, made up by exchanging single notes.

Nothing is made up that nobody said. Notes come from the phrase itself or from a decode of it, and go only
where a decode left them out; a note moves a step or two, to where the phrase or a decode strikes one, which
breaks a chord or gathers it; all notes together become louder, softer, longer or shorter.

A sweep looks at every exchange by itself; those that bring the phrase nearer to what was asked are then
made in order, the best first, each as long as it still gains, and the best are looked at again. It handles
notes and is told what they cost. For tokens that are steps of a grid see `symvae.system.faders.refine_tokens`.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.music.phrase import Phrase
from symvae.system.faders.edit_transfer import PITCHES, Notes, notes_of, places, struck, with_notes

#: Phrases, all in the place of the one that is settled → how far each is from what was asked.
Cost = Callable[[Sequence[Phrase]], Float[np.ndarray, " phrase"]]
#: The same notes where there is nothing to exchange.
Exchange = Callable[[Notes], Notes]

SWEEPS = 3
#: Of all exchanges, so many are made after a sweep, if they gain, and looked at again in the next.
KEPT = 128
#: An exchange has to gain more than this.
LEAST_GAIN = 0.002
#: A note moves so many steps at most: an eighth.
FARTHEST_STEP = 2
LOUDER = (-12, -4, 4, 12)
LONGER = (0.7, 0.9, 1.12, 1.4)


def refine_notes(phrase: Phrase, sources: Sequence[Phrase], cost: Cost) -> Phrase:
    """``phrase`` after the exchanges; ``sources`` are what it may take notes from."""
    notes, least = notes_of(phrase), cost([phrase])[0]
    left = _exchanges(notes, [notes_of(source) for source in sources], phrase.grid.num_steps)
    for _ in range(SWEEPS):
        if least <= LEAST_GAIN:
            break
        by = cost([with_notes(phrase, exchange(notes)) for exchange in left])
        left = [left[i] for i in by.argsort(kind="stable")[:KEPT]]
        before, gains = least, np.count_nonzero(by < least - LEAST_GAIN)
        for exchange in left[:gains]:
            result = with_notes(phrase, exchange(notes))
            by_now = cost([result])[0]
            if by_now < least - LEAST_GAIN:
                notes, least = notes_of(result), by_now
        if least == before:
            break
    return with_notes(phrase, notes)


def _exchanges(notes: Notes, pool: Sequence[Notes], num_steps: int) -> list[Exchange]:
    """All that is worth a try: each changes something."""
    everything, here = np.concatenate([notes, *pool]), places(notes)
    taken = struck(here, num_steps)
    given_up = np.concatenate([here[~struck(places(source), num_steps)[here]] for source in pool])
    _, first = np.unique(everything[:, :3], axis=0, return_index=True)
    new = np.setdiff1d(first, np.arange(len(notes)))
    steps = np.unique(everything[:, 0])
    moves = [
        _moved(place, step)
        for place, onset in zip(here.tolist(), notes[:, 0].tolist(), strict=True)
        for step in steps[abs(steps - onset) <= FARTHEST_STEP].tolist()
        if not taken[place + (step - onset) * PITCHES]
    ]
    return [
        *(_without(place) for place in np.unique(given_up).tolist()),
        *(_with(note) for note in everything[new]),
        *moves,
        *(_louder(by) for by in LOUDER),
        *(_longer(times) for times in LONGER),
    ]


def _without(place: int) -> Exchange:
    return lambda notes: notes[places(notes) != place]


def _with(note: Int[np.ndarray, " 4"]) -> Exchange:
    """The note comes; where its key is struck at that step already, it is held as long instead."""

    def exchange(notes: Notes) -> Notes:
        same = _is_at(notes, int(note[0] * PITCHES + note[2]))
        if not same.any():
            return np.concatenate([notes, note[None]])
        notes = notes.copy()
        notes[same, 1] = note[1]
        return notes

    return exchange


def _moved(place: int, step: int) -> Exchange:
    """The note at ``place`` is struck at ``step`` and ends when it did."""

    def exchange(notes: Notes) -> Notes:
        which = _is_at(notes, place)
        if _is_at(notes, step * PITCHES + place % PITCHES).any():
            return notes
        notes = notes.copy()
        notes[which, 1] = np.maximum(notes[which, 1] + notes[which, 0] - step, 1)
        notes[which, 0] = step
        return notes

    return exchange


def _louder(by: int) -> Exchange:
    def exchange(notes: Notes) -> Notes:
        notes = notes.copy()
        notes[:, 3] = (notes[:, 3] + by).clip(1, 127)
        return notes

    return exchange


def _longer(times: float) -> Exchange:
    def exchange(notes: Notes) -> Notes:
        notes = notes.copy()
        notes[:, 1] = np.rint(notes[:, 1] * times)
        return notes

    return exchange


def _is_at(notes: Notes, place: int) -> Bool[np.ndarray, " note"]:
    return places(notes) == place
