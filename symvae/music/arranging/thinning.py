"""Fewer notes in an accompaniment, as an arranger leaves notes out: the pattern first, then the chords.

    pattern   on the metrically weakest steps of the bar nothing starts any more, the same steps in every bar;
              a note of the accompaniment that ended there is held on for the one that goes
    chords    where other notes start, too, those go that double a pitch class, then inner ones

Nothing that is to be kept goes, and no first step of a bar is left without its notes.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.arranging.texture import meets_clash, sounding
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase

OCTAVE = 12


def without_notes(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    """Leave notes out.

    Args:
        phrase: The phrase.
        count: Number of notes that should go.
        kept: Notes that stay.

    Returns:
        The phrase without about so many notes, or with as few as it may have.
    """
    return _without(
        phrase, [*_pattern(phrase, kept), *_in_chords(phrase, kept)], count, kept, np.arange(len(phrase))
    )


def without_onsets(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    """Leave out all notes of some steps.

    Args:
        phrase: The phrase.
        count: Number of steps at which no note should start any more.
        kept: Notes that stay.

    Returns:
        The phrase without about so many onsets, or with as few as it may have.
    """
    return _without(phrase, _pattern(phrase, kept), count, kept, phrase.onset_step)


def _without(
    phrase: Phrase,
    groups: Sequence[Int[np.ndarray, " _"]],
    count: int,
    kept: Bool[np.ndarray, " note"],
    counted: Int[np.ndarray, " note"],
) -> Phrase:
    """Remove groups of notes in order, until ``count`` different values of ``counted`` are gone."""
    going = np.zeros(len(phrase), bool)
    for rows in groups:
        missing = count - len(np.unique(counted[going]))
        if missing <= len(np.unique(counted[rows[~going[rows]]])) / 2:
            break
        going[rows] = True
    return _held_on(phrase, going, kept)


def _pattern(phrase: Phrase, kept: Bool[np.ndarray, " note"]) -> list[Int[np.ndarray, " _"]]:
    """Notes at each step of the bar but the first where nothing kept starts, the weakest step first."""
    grid, per_bar = phrase.grid, phrase.grid.steps_per_bar
    held = np.zeros(grid.num_steps, bool)
    held[phrase.onset_step[kept]] = True
    place = phrase.onset_step % per_bar
    free = ~held[phrase.onset_step]
    order = np.lexsort((-np.arange(per_bar), metrical_weight(grid)))
    return [np.flatnonzero(free & (place == step)) for step in order.tolist() if step]


def _in_chords(phrase: Phrase, kept: Bool[np.ndarray, " note"]) -> list[Int[np.ndarray, " _"]]:
    """Single notes that start with others: those of a pitch class that is there twice, then inner ones."""
    weight = metrical_weight(phrase.grid)[phrase.onset_step % phrase.grid.steps_per_bar]
    doubled, inner = [], []
    for step in np.unique(phrase.onset_step).tolist():
        rows = np.flatnonzero(phrase.onset_step == step)
        rows = rows[np.argsort(phrase.pitch[rows])]
        lowest, free = rows[0], rows[~kept[rows]]
        classes = phrase.pitch[rows] % OCTAVE
        twice = [row for row in free.tolist() if np.count_nonzero(classes == phrase.pitch[row] % OCTAVE) > 1]
        doubled += [row for row in twice if row != lowest]
        inner += [row for row in free.tolist() if row != lowest]
    return [
        np.array([row]) for group in (doubled, inner) for row in sorted(group, key=lambda row: weight[row])
    ]


def _held_on(phrase: Phrase, going: Bool[np.ndarray, " note"], kept: Bool[np.ndarray, " note"]) -> Phrase:
    """Remove notes; of the free ones that end where one starts, the nearest in pitch lasts to its end."""
    onset, duration, pitch, velocity = (column.copy() for column in phrase.columns)
    end, stay = onset + duration, ~going
    sounds = sounding(phrase.select(stay))
    for row in np.flatnonzero(going).tolist():
        start, last = int(onset[row]), int(end[row])
        before = np.flatnonzero(stay & ~kept & (end == start) & (abs(pitch - pitch[row]) <= OCTAVE))
        for other in before[np.argsort(abs(pitch[before] - pitch[row]), kind="stable")].tolist():
            tone = int(pitch[other])
            if not sounds[start : last + 1, tone].any() and not meets_clash(tone, sounds[start:last]):
                end[other] = last
                sounds[start:last, tone] = True
                break
    return phrase.with_notes(onset[stay], (end - onset)[stay], pitch[stay], velocity[stay])
