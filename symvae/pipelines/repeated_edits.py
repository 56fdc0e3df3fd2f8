"""Repeated edits: bars of a song that are alike get the same edit, wherever windows cut the song.

A model decodes a verse that returns in other windows, beside other bars, and changes it in another way. So
the first bar of its kind decides: the difference that was made to it is applied to each later bar like it,
under the same settings. Where two bars are equal, so are their edits; where a few notes differ, these stay.

A beat is one bar over and over, and what is asked of two bars may be done in one of them, as a fill. So bars
of drums take no edit from their own window, and a window that is equal to an earlier one takes the edits of
all its bars.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Num

from symvae.music.phrase import Phrase

#: F1 score of the notes of two bars from which the second gets the edit of the first. In one voice a note
#: that only one of them has would meet another one: there, and of drums, bars are equal or not alike.
ALIKE = 0.8


#: Onset and pitch of a note, and its duration, velocity and offset from its step.
Place: TypeAlias = tuple[int, int]
Note: TypeAlias = tuple[int, int, float]


class Bar(NamedTuple):
    """One bar of a decoded phrase."""

    row: int
    """Number of the phrase."""
    start_step: int
    """First step in the phrase."""
    end_step: int


#: A bar, and the places of its notes.
Model: TypeAlias = tuple[Bar, set[Place]]


def repeat_edits(
    sources: Sequence[Phrase],
    results: Mapping[int, Phrase],
    bars: Sequence[Sequence[Bar]],
    *,
    one_voice: bool,
) -> dict[int, Phrase]:
    """Apply the edit of each bar to later bars like it.

    Args:
        sources: Phrases before.
        results: Phrases after, by number.
        bars: Bars with the same settings, in the order of the song, a sequence for each set of settings.
        one_voice: The phrases are melodies.

    Returns:
        The results with these bars exchanged.
    """
    new: dict[int, list[tuple[Bar, Phrase]]] = {}
    for group in bars:
        models: list[Model] = []
        rows: dict[int, list[Model]] = {}
        for bar in group:
            before = _in_bar(sources[bar.row], bar)
            places = set(zip(before.onset_step.tolist(), before.pitch.tolist(), strict=True))
            rows.setdefault(bar.row, []).append((bar, places))
        for bar, places in (each for row in rows.values() for each in row):
            before, drums = _in_bar(sources[bar.row], bar), sources[bar.row].is_drum
            among = _alike_window(rows, bar, models) if drums else models
            model = _most_alike(bar, places, among, 1.0 if one_voice or drums else ALIKE)
            if model is None:
                models.append((bar, places))
                continue
            old, edited = _in_bar(sources[model.row], model), _in_bar(results[model.row], model)
            new.setdefault(bar.row, []).append((bar, _same_edit(before, old, edited)))
    return {row: _with_bars(phrase, new.get(row, [])) for row, phrase in results.items()}


def _alike_window(rows: Mapping[int, Sequence[Model]], bar: Bar, models: Sequence[Model]) -> Sequence[Model]:
    """The bar at the same place of the first window whose bars are all equal to those of this one.

    Without such a window, all earlier bars of other windows.
    """
    own = rows[bar.row]
    firsts = {model.row for model, _ in models}
    place = [each for each, _ in own].index(bar)
    for row in sorted(firsts - {bar.row}):
        other = rows[row]
        if len(other) == len(own) and all(
            _most_alike(mine, places, [theirs], 1.0) is not None
            for (mine, places), theirs in zip(own, other, strict=True)
        ):
            return [other[place]]
    return [each for each in models if each[0].row != bar.row]


def _same_edit(phrase: Phrase, before: Phrase, after: Phrase) -> Phrase:
    """A bar changed as another one was: notes removed and added, longer or shorter, louder or softer.

    No note is added that clashes with one that only this bar has.
    """
    old, new, mine = (_notes(each) for each in (before, after, phrase))
    notes = {place: note for place, note in mine.items() if place in new or place not in old}
    for place in notes.keys() & old.keys():
        duration, velocity, offset = notes[place]
        longer, louder = new[place][0] / old[place][0], new[place][1] - old[place][1]
        notes[place] = max(1, round(duration * longer)), min(max(velocity + louder, 1), 127), offset
    own = [(place, note) for place, note in mine.items() if place not in old]
    free = [] if phrase.is_drum else own
    added = {
        place: note
        for place, note in new.items()
        if place not in old and place not in mine and not any(_clash(place, note, *each) for each in free)
    }
    rows = [(*place, *note) for place, note in (notes | added).items()]
    table = np.array(rows, float).reshape(-1, 5).T
    starts, pitches, lengths, velocities = table[:4].astype(np.int64)
    lengths = np.minimum(lengths, phrase.grid.num_steps - starts)
    return phrase.with_notes(starts, lengths, pitches, velocities, table[4])


def _clash(place: Place, note: Note, other_place: Place, other: Note) -> bool:
    """True for two notes a semitone or a minor ninth apart that sound together."""
    (onset, pitch), (other_onset, other_pitch) = place, other_place
    together = onset < other_onset + other[0] and other_onset < onset + note[0]
    return together and abs(pitch - other_pitch) in (1, 13)


def _notes(phrase: Phrase) -> dict[Place, Note]:
    """Duration, velocity and offset of each note by its onset and pitch."""
    rows = zip(*(column.tolist() for column in (*phrase.columns, phrase.offset_step)), strict=True)
    return {(onset, pitch): (duration, velocity, offset) for onset, duration, pitch, velocity, offset in rows}


def _most_alike(
    bar: Bar,
    places: set[Place],
    models: Sequence[Model],
    least: float,
) -> Bar | None:
    """The bar of most equal notes, if it is alike enough; the first among equals."""
    best, score = None, least
    length = bar.end_step - bar.start_step
    for model, others in models:
        if model.end_step - model.start_step == length and places and others:
            alike = 2 * len(places & others) / (len(places) + len(others))
            if alike >= score and (best is None or alike > score):
                best, score = model, alike
    return best


def _in_bar(phrase: Phrase, bar: Bar) -> Phrase:
    """Notes that start in a bar, counted from its start, with all their length."""
    rows = phrase.select((phrase.onset_step >= bar.start_step) & (phrase.onset_step < bar.end_step))
    onset, duration, pitch, velocity = rows.columns
    return phrase.with_notes(onset - bar.start_step, duration, pitch, velocity, rows.offset_step)


def _with_bars(phrase: Phrase, bars: Sequence[tuple[Bar, Phrase]]) -> Phrase:
    """A phrase with other notes in some of its bars."""
    if not bars:
        return phrase
    stays = np.ones(len(phrase), bool)
    columns: list[list[Num[np.ndarray, " note"]]] = [[], [], [], [], []]
    for bar, notes in bars:
        stays &= (phrase.onset_step < bar.start_step) | (phrase.onset_step >= bar.end_step)
        inside = notes.select(notes.onset_step < bar.end_step - bar.start_step)
        onset = inside.onset_step + bar.start_step
        duration = np.minimum(inside.duration_step, phrase.grid.num_steps - onset)
        new = (onset, duration, inside.pitch, inside.velocity, inside.offset_step)
        for column, more in zip(columns, new, strict=True):
            column.append(more)
    kept = phrase.select(stays)
    before = (*kept.columns, kept.offset_step)
    merged = [np.concatenate([old, *more]) for old, more in zip(before, columns, strict=True)]
    return phrase.with_notes(*merged).without_overlaps()
