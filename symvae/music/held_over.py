"""Held over: notes that sound on after the end of a phrase stay whole when the phrase is edited.

A phrase shows such a note cut at its end, and does not show one that began before it. So an edit, which knows
the phrase alone, would end the one early and play into the other. `keep_whole` puts this right on the grid:

- a note held over the end of the phrase is there, and lasts until the end; where the edit moved the phrase by
  octaves it moves with them, and in one voice as its line does,
- new notes of a pitch that sounds in from before wait until it has ended; in one voice all new notes do.

Notes that last until the end in both states keep their exact end in the song (`symvae.music.splice`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from symvae.music.continuation import Continuation, continuation, pitch_shift
from symvae.music.phrase import Phrase
from symvae.music.quantize import nearest_step
from symvae.music.song import Song


class Crossing(NamedTuple):
    """A note of a song that sounds over a line."""

    onset_step: int
    """Start, in steps from the line: below 0."""
    end_step: int
    """End, in steps from the line: above 0."""
    pitch: int


def crossings(song: Song, tracks: Sequence[int], line_tick: int, step_tick: float) -> list[Crossing]:
    """Find the notes that sound over a line, half a step on either side at least.

    Args:
        song: The song.
        tracks: Numbers of the tracks, from 0.
        line_tick: The line.
        step_tick: Ticks of a step.

    Returns:
        The notes.
    """
    found = []
    for index in tracks:
        track = song.tracks[index]
        onset, end = (
            nearest_step((tick - line_tick) / step_tick) for tick in (track.onset_tick, track.end_tick)
        )
        rows = np.flatnonzero((onset < 0) & (end > 0))
        found += [Crossing(int(onset[row]), int(end[row]), int(track.pitch[row])) for row in rows]
    return found


def keep_whole(
    before: Phrase,
    after: Phrase,
    out: Sequence[Crossing],
    into: Sequence[Crossing],
    *,
    one_voice: bool,
    ratio: float = 1.0,
) -> Phrase:
    """Keep notes whole that sound over an end of an edited phrase.

    Args:
        before: The phrase as it was.
        after: The phrase as it is now.
        out: Notes of the song that sound over its end; those that it does not show do not count.
        into: Notes that sound over its start, as they are now.
        one_voice: The phrase is a melody line.
        ratio: Length of notes now to their length before, where other lengths were asked for.

    Returns:
        The new phrase.
    """
    after, before = after.without_overlaps(), before.without_overlaps()
    for crossing in sorted(out):
        after = _held(before, after, crossing, one_voice, ratio)
    return _not_into(before, after, into, one_voice)


def moved(before: Phrase, after: Phrase, out: Sequence[Crossing]) -> list[Crossing]:
    """Find the pitches of notes that sound over the end of a phrase, as they are after an edit.

    Args:
        before: The phrase as it was.
        after: The phrase as it is now.
        out: Notes of the song that sound over its end.

    Returns:
        The notes that still do.
    """
    pairs, steps = continuation(before, after), before.grid.num_steps
    found = []
    for crossing in out:
        row = _row(before, crossing, one_voice=False)
        if row is None:
            found.append(crossing)
        elif (new := _goes_on_as(pairs, row)) is not None and (
            after.end_step[new] in (steps, before.end_step[row])
        ):
            found.append(crossing._replace(pitch=int(after.pitch[new])))
    return found


def _row(phrase: Phrase, crossing: Crossing, one_voice: bool) -> int | None:
    """Row of a note that is held over the end of a phrase.

    Where another track starts its pitch before the end, the phrase shows it until there; a line that goes on
    before the end does not hold it.
    """
    step = phrase.grid.num_steps + crossing.onset_step
    rows = np.flatnonzero((phrase.onset_step == step) & (phrase.pitch == crossing.pitch))
    if not len(rows) or (one_voice and phrase.end_step[rows[0]] < phrase.grid.num_steps):
        return None
    return int(rows[0])


def _goes_on_as(pairs: Continuation, old: int) -> int | None:
    rows = np.flatnonzero(pairs.old == old)
    return int(pairs.new[rows[0]]) if len(rows) else None


def _held(before: Phrase, after: Phrase, crossing: Crossing, one_voice: bool, ratio: float) -> Phrase:
    """The phrase with one note held until its end."""
    old = _row(before, crossing, one_voice)
    if old is None:
        return after
    length = crossing.end_step - crossing.onset_step
    pairs = continuation(before, after)
    new = _goes_on_as(pairs, old)
    onset, pitch = int(before.onset_step[old]), int(before.pitch[old])
    velocity = int(before.velocity[old])
    octaves = 12 * round(pitch_shift(before, after) / 12)
    if len(pairs.old):
        louder = (after.velocity[pairs.new] - before.velocity[pairs.old]).mean()
        velocity = int(np.clip(velocity + np.rint(louder), 1, 127))
    if new is not None and (octaves or one_voice):
        onset, pitch, velocity = (
            int(column[new]) for column in (after.onset_step, after.pitch, after.velocity)
        )
    elif new is not None:
        after = after.select(np.arange(len(after)) != new)
    else:
        pitch = pitch + octaves if 0 <= pitch + octaves <= 127 else pitch
    end = min(int(before.end_step[old]), onset + max(1, round(length * min(ratio, 1.0))))
    end = max(end, onset + 1)
    later = (after.onset_step > onset) & (after.onset_step < end) & ~_in(after, before)
    stays = ~(later & ((after.pitch == pitch) | one_voice))
    stays &= ~((after.onset_step == onset) & ((after.pitch == pitch) | one_voice))
    note = (onset, end - onset, pitch, velocity)
    columns = zip(after.select(stays).columns, note, strict=True)
    return after.with_notes(*(np.append(column, value) for column, value in columns)).without_overlaps()


def _not_into(before: Phrase, after: Phrase, into: Sequence[Crossing], one_voice: bool) -> Phrase:
    """The phrase without new notes that would end those that sound in from before."""
    new, stays = ~_in(after, before), np.ones(len(after), bool)
    for crossing in into:
        under = after.onset_step < crossing.end_step
        stays &= ~(new & under & ((after.pitch == crossing.pitch) | one_voice))
    return after if stays.all() else after.select(stays)


def _in(phrase: Phrase, other: Phrase) -> Bool[np.ndarray, " note"]:
    """Notes whose pitch starts at their step in another phrase, too."""
    here, there = (each.onset_step * 128 + each.pitch for each in (phrase, other))
    return np.isin(here, there)
