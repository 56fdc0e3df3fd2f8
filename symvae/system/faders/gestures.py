"""Gestures: exchanges of several notes at once, as a player makes them.

    gather      all notes of a step go to an onset beside it, or away, so that the rhythm has one onset less
    fold        all notes below a pitch go up by an octave, or all above it down, which narrows the range
    pattern     every bar, half bar or beat gets a note at one place where nothing starts, or loses its notes
                there, so that the bars of a phrase have one rhythm

A single note of the first two changes nothing that is asked for: the rest of its chord still starts there,
another note is still the lowest. Notes that are kept stay where they are.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.locks import Lock

#: Columns are onset and duration in steps, pitch, and velocity.
Notes = Int[np.ndarray, "_ 4"]
Exchange = Callable[[Notes], Notes]
#: Farthest onset that a step is gathered to: an eighth.
FARTHEST_STEP = 2
OCTAVE, PITCHES = 12, 128
#: Bounds of the octave folds that are tried, from either end of the range.
FOLDS = 12


def gestures(notes: Notes, lock: Lock, proposals: Notes) -> list[Exchange]:
    """List the gestures that a locked phrase allows.

    Args:
        notes: Notes of the phrase.
        lock: What stays.
        proposals: Notes that may be added, for each step the best first.

    Returns:
        The exchanges.
    """
    onsets = np.unique(notes[:, 0])
    free = np.setdiff1d(onsets, lock.places // PITCHES)
    gathered = [
        _gathered(step, other, lock)
        for step in free.tolist()
        for other in onsets[(abs(onsets - step) <= FARTHEST_STEP) & (onsets != step)].tolist()
    ]
    silenced = [_gathered(step, None, lock) for step in free.tolist()]
    pitches = np.unique(notes[:, 2])
    raised = [_folded(bound, OCTAVE, lock) for bound in pitches[1 : FOLDS + 1].tolist()]
    lowered = [_folded(bound, -OCTAVE, lock) for bound in pitches[-FOLDS - 1 : -1].tolist()]
    return [*gathered, *silenced, *raised, *lowered, *_patterns(notes, lock, proposals)]


def _patterns(notes: Notes, lock: Lock, proposals: Notes) -> list[Exchange]:
    """Add or remove notes at one place of every bar, half bar or beat."""
    grid, onsets = lock.source.grid, np.unique(notes[:, 0])
    free = np.setdiff1d(onsets, lock.places // PITCHES)
    new = proposals[~np.isin(proposals[:, 0], onsets)]
    _, first = np.unique(new[:, 0], return_index=True)
    new = new[first]
    found: list[Exchange] = []
    for period in sorted({grid.steps_per_beat, -(-grid.steps_per_bar // 2), grid.steps_per_bar}):
        for place in range(period):
            added, removed = new[new[:, 0] % period == place], free[free % period == place]
            if len(added) > 1:
                found.append(_with_all(added, lock))
            if len(removed) > 1:
                found.append(_without_all(removed, lock))
    return found


def _with_all(added: Notes, lock: Lock) -> Exchange:
    """Add notes at steps where nothing starts."""
    return lambda notes: _joined(notes, added[~np.isin(added[:, 0], notes[:, 0])], lock)


def _without_all(steps: Int[np.ndarray, " step"], lock: Lock) -> Exchange:
    """Remove all notes of some steps."""
    return lambda notes: notes[~np.isin(notes[:, 0], steps) | _kept(notes, lock)]


def _gathered(step: int, other: int | None, lock: Lock) -> Exchange:
    """Move all notes of a step to another, and keep their ends; without another, remove them."""

    def exchange(notes: Notes) -> Notes:
        moving = (notes[:, 0] == step) & ~_kept(notes, lock)
        if other is None:
            return notes[~moving]
        moved = notes[moving].copy()
        moved[:, 1] = np.maximum(moved[:, 1] + step - other, 1)
        moved[:, 0] = other
        return _joined(notes[~moving], moved, lock)

    return exchange


def _folded(bound: int, by: int, lock: Lock) -> Exchange:
    """Move all free notes below a pitch up by an octave, or all above it down."""

    def exchange(notes: Notes) -> Notes:
        beyond = notes[:, 2] < bound if by > 0 else notes[:, 2] > bound
        moving = beyond & ~_kept(notes, lock)
        moved = notes[moving].copy()
        moved[:, 2] += by
        return _joined(notes[~moving], moved, lock)

    return exchange


def _joined(stay: Notes, moved: Notes, lock: Lock) -> Notes:
    """Notes that stay, and those that moved to places that are allowed and not taken."""
    allowed = lock.allowed[moved[:, 0], moved[:, 2]]
    taken = np.isin(_places(moved), np.concatenate([_places(stay), lock.places]))
    return np.concatenate([stay, moved[allowed & ~taken]])


def _kept(notes: Notes, lock: Lock) -> Bool[np.ndarray, " note"]:
    return np.isin(_places(notes), lock.places)


def _places(notes: Notes) -> Int[np.ndarray, " note"]:
    return notes[:, 0] * PITCHES + notes[:, 2]
