"""Fewer notes in an accompaniment, as an arranger leaves notes out: the pattern first, then the chords.

    pattern   on the metrically weakest steps of the bar nothing starts any more, the same steps in every bar;
              a note of the accompaniment that ended there is held on for the one that goes
    chords    where other notes start, too, those go that double a pitch class, then inner ones

The melody stays, and what else is to be kept; no first step of a bar is left without a note.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.arranging.texture import meets_clash, sounding, texture_of
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase

OCTAVE = 12


def without_notes(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    """Leave notes out.

    Args:
        phrase: The phrase.
        count: Number of notes that should go.
        kept: Notes that stay beside the melody.

    Returns:
        The phrase without about so many notes, or with as few as it may have.
    """
    kept = kept | texture_of(phrase).melody
    going = _first(_pattern(phrase, kept), count, np.arange(len(phrase)))
    missing = max(0, count - int(np.count_nonzero(going)))
    going[_in_chords(phrase, kept | going)[:missing]] = True
    return _held_on(phrase, going, kept)


def without_onsets(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    """Leave out all notes of some steps.

    Args:
        phrase: The phrase.
        count: Number of steps at which no note should start any more.
        kept: Notes that stay beside the melody.

    Returns:
        The phrase without about so many onsets, or with as few as it may have.
    """
    kept = kept | texture_of(phrase).melody
    return _held_on(phrase, _first(_pattern(phrase, kept), count, phrase.onset_step), kept)


def _first(
    groups: Sequence[Int[np.ndarray, " _"]],
    count: int,
    counted: Int[np.ndarray, " note"],
) -> Bool[np.ndarray, " note"]:
    """Mark the first groups of notes that have about ``count`` values of ``counted`` together."""
    going = np.zeros(len(counted), bool)
    for rows in groups:
        missing = count - len(np.unique(counted[going]))
        if missing <= len(np.unique(counted[rows])) / 2:
            break
        going[rows] = True
    return going


def _pattern(phrase: Phrase, kept: Bool[np.ndarray, " note"]) -> list[Int[np.ndarray, " _"]]:
    """Notes at each step of the bar but the first where nothing kept starts, the weakest step first."""
    grid, per_bar = phrase.grid, phrase.grid.steps_per_bar
    held = np.zeros(grid.num_steps, bool)
    held[phrase.onset_step[kept]] = True
    place = phrase.onset_step % per_bar
    free = ~held[phrase.onset_step]
    order = np.lexsort((-np.arange(per_bar), metrical_weight(grid)))
    return [np.flatnonzero(free & (place == step)) for step in order.tolist() if step]


def _in_chords(phrase: Phrase, kept: Bool[np.ndarray, " note"]) -> list[int]:
    """Notes that start with others: of a pitch class all but one, then inner ones; weak steps first."""
    weight = metrical_weight(phrase.grid)[phrase.onset_step % phrase.grid.steps_per_bar]
    doubled, inner = [], []
    for step in np.unique(phrase.onset_step).tolist():
        rows = np.flatnonzero(phrase.onset_step == step)
        rows = rows[np.argsort(phrase.pitch[rows])]
        left = (phrase.pitch[rows] % OCTAVE).tolist()
        for row in rows[1:][~kept[rows[1:]]].tolist():
            tone = phrase.pitch[row] % OCTAVE
            if left.count(tone) > 1:
                left.remove(tone)
                doubled.append(row)
            else:
                inner.append(row)
    return [row for group in (doubled, inner) for row in sorted(group, key=lambda row: weight[row])]


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
