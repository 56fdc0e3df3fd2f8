"""Refinement of notes: a greedy local search that meets a request by exchanges of single notes.

Every exchange is supported by the music: notes are added from the phrase or from a decode of it and removed
only where a decode lacks them; a note moves by a step or two, to an onset of the phrase or of a decode, which
breaks or gathers a chord; all notes together become louder, softer, longer or shorter.

Where a phrase is locked (`symvae.music.locks`), no exchange touches what is kept.

A sweep scores every exchange by itself, then makes those that lower the cost, the best first, each while it
still does, and keeps the best for the next sweep. It handles notes; the cost is an argument. For tokens on a
grid see `symvae.system.faders.refine_tokens`.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.faders.edit_transfer import PITCHES, Notes, notes_of, onset_table, places, with_notes
from symvae.system.faders.gestures import gestures

#: Candidates for one phrase → cost.
Cost = Callable[[Sequence[Phrase]], Float[np.ndarray, " phrase"]]
#: Notes → notes changed, or the same where the exchange does not apply.
Exchange = Callable[[Notes], Notes]

NO_NOTES: Notes = np.empty((0, 4), np.int64)
SWEEPS = 3
#: Sweeps over a phrase of which nothing is locked; each tries all exchanges anew.
FREE_SWEEPS = 8
#: Exchanges that are tried after a sweep and scored again in the next.
KEPT = 128
#: Least decrease of the cost that an exchange must bring.
LEAST_GAIN = 0.002
#: Farthest move of a note, in steps: an eighth.
FARTHEST_STEP = 2
OCTAVE = 12
LOUDER = (-12, -4, 4, 12)
LONGER = (0.7, 0.9, 1.12, 1.4)


def refine_notes(
    phrase: Phrase,
    sources: Sequence[Phrase],
    cost: Cost,
    *,
    proposals: Notes = NO_NOTES,
    lock: Lock | None = None,
    free: bool = False,
    removes: bool = False,
) -> Phrase:
    """Exchange notes of a phrase while the cost falls.

    Args:
        phrase: the phrase to refine.
        sources: phrases that notes may be taken from.
        cost: scores candidates.
        proposals: further notes that may be added.
        lock: what stays; the phrase keeps it.
        free: move notes by an octave, too, and search longer; for a phrase of which nothing is kept.
        removes: remove notes that every source has, too.

    Returns:
        The phrase after the exchanges.
    """
    notes, least = notes_of(phrase), cost([phrase])[0]
    pool = [notes_of(source) for source in sources]
    exchanges = _exchanges(notes, pool, proposals, phrase.grid.num_steps, lock, free, removes)
    for sweep in range(FREE_SWEEPS if free else SWEEPS):
        if least <= LEAST_GAIN:
            break
        if free and sweep:  # what is free to move may move on from where it is
            exchanges = _exchanges(notes, pool, proposals, phrase.grid.num_steps, lock, free, removes)
        costs = cost([with_notes(phrase, exchange(notes)) for exchange in exchanges])
        exchanges = [exchanges[i] for i in costs.argsort(kind="stable")[:KEPT]]
        before, gains = least, np.count_nonzero(costs < least - LEAST_GAIN)
        for exchange in exchanges[:gains]:
            result = with_notes(phrase, exchange(notes))
            if lock is not None and not lock.holds(result):
                continue
            new_cost = cost([result])[0]
            if new_cost < least - LEAST_GAIN:
                notes, least = notes_of(result), new_cost
        if least == before:
            break
    return with_notes(phrase, notes)


def _exchanges(
    notes: Notes,
    pool: Sequence[Notes],
    proposals: Notes,
    num_steps: int,
    lock: Lock | None,
    free: bool,
    removes: bool,
) -> list[Exchange]:
    """List the exchanges that change something, and nothing that is kept."""
    candidates, here = np.concatenate([notes, *pool, proposals]), places(notes)
    kept = set() if lock is None else set(lock.places.tolist())
    allowed = np.ones((num_steps, PITCHES), bool) if lock is None else lock.allowed
    occupied = onset_table(here, num_steps)
    missing = [here[~onset_table(places(source), num_steps)[here]] for source in pool]
    removable = here if removes else np.concatenate(missing)
    _, first = np.unique(candidates[:, :3], axis=0, return_index=True)
    new = np.setdiff1d(first, np.arange(len(notes)))
    new = new[allowed[candidates[new, 0], candidates[new, 2]] & ~np.isin(places(candidates[new]), [*kept])]
    steps = np.unique(candidates[:, 0])
    moves = [
        _moved(place, step)
        for place, onset in zip(here.tolist(), notes[:, 0].tolist(), strict=True)
        for step in steps[abs(steps - onset) <= FARTHEST_STEP].tolist()
        if not occupied[place + (step - onset) * PITCHES]
        and place not in kept
        and allowed[step, place % PITCHES]
    ]
    octaves = [
        _transposed(place, by)
        for place in (here.tolist() if free else ())
        for by in (-OCTAVE, OCTAVE)
        if place not in kept and 0 <= place % PITCHES + by < PITCHES and not occupied[place + by]
    ]
    return [
        *octaves,
        *(_without(place) for place in np.unique(removable).tolist() if place not in kept),
        *(_with(note) for note in candidates[new]),
        *moves,
        *(_louder(by) for by in LOUDER),
        *(_longer(times) for times in LONGER),
        *([] if lock is None else gestures(notes, lock, proposals)),
    ]


def _without(place: int) -> Exchange:
    return lambda notes: notes[places(notes) != place]


def _with(note: Int[np.ndarray, " 4"]) -> Exchange:
    """Add a note; where its pitch starts at that step already, set the duration."""

    def exchange(notes: Notes) -> Notes:
        same = _is_at(notes, int(note[0] * PITCHES + note[2]))
        if not same.any():
            return np.concatenate([notes, note[None]])
        notes = notes.copy()
        notes[same, 1] = note[1]
        return notes

    return exchange


def _transposed(place: int, by: int) -> Exchange:
    """Move the pitch of the note at ``place``."""

    def exchange(notes: Notes) -> Notes:
        if _is_at(notes, place + by).any():
            return notes
        notes = notes.copy()
        notes[_is_at(notes, place), 2] += by
        return notes

    return exchange


def _moved(place: int, step: int) -> Exchange:
    """Move the onset of the note at ``place`` to ``step`` and keep its end."""

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
