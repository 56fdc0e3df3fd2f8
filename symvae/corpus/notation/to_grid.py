"""Put measures on the sixteenth grid, with a drop reason for each bar left out.

A measure of 2/2 is a bar of 4/4, and one of 12/8 is two bars of 6/8. Measures of 2/4 are paired from the
first one after the pickup; an odd one at the end is filled with rest. A pickup is placed at the end of a bar
of its own.

A bar off the grid (triplets, thirty-seconds, a wrong number of beats) is dropped and cuts the tune in two;
so do a change of metre and a pickup for which the bar before has no room. A part of a single bar is too
short to keep. No note is moved or invented.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from symvae.corpus.notation.bar import WrittenBar, WrittenNote
from symvae.corpus.notation.measure import Measure, measures
from symvae.music.grid import Grid
from symvae.music.metre import GRID_BARS, GridBar
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason

FEWEST_BARS = 2
_LeftOut: TypeAlias = Counter[tuple[str, Reason, str]]


@dataclass
class _Part:
    """A run of whole bars of one metre."""

    metre: str
    number: int
    notes: list[WrittenNote] = field(default_factory=list)
    num_bars: int = 0


def to_grid(name: str, bars: Sequence[WrittenBar], tempo_qpm: float) -> tuple[list[Phrase], list[Dropped]]:
    """Put the bars of a tune on the grid.

    Args:
        name: Name of the tune.
        bars: Its bars in playing order.
        tempo_qpm: Its tempo in quarter notes a minute.

    Returns:
        The phrases, and the drops: a bar is reported as "name#bar 7", numbered as written, and counted as
        often as it is played.
    """
    left_out: _LeftOut = Counter()
    phrases: list[Phrase] = []
    found = list(measures(bars))
    if found and all(measure.metre is None for measure in found):
        return [], [Dropped(name, Reason.METRE_NOT_SUPPORTED, found[0].detail)]
    for part in _parts(name, found, left_out):
        if all(note.pitch is None for note in part.notes):
            left_out[f"{name}#bar {part.number}", Reason.EMPTY, "nothing but rests from here"] += 1
        elif part.num_bars < FEWEST_BARS:
            left_out[f"{name}#bar {part.number}", Reason.TOO_SHORT, "a single bar between two cuts"] += 1
        else:
            phrases.append(_phrase(Grid.of_metre(part.metre, part.num_bars), part.notes, tempo_qpm))
    return phrases, [Dropped(*what, count=count) for what, count in left_out.items()]


def _parts(name: str, found: Sequence[Measure], left_out: _LeftOut) -> Iterator[_Part]:
    part: _Part | None = None
    for (metre, _, num_bars), group in _grid_bars(found):
        faults = [fault for measure in group if (fault := _fault(measure))]
        for measure in group if faults else ():
            reason, detail = _fault(measure) or (faults[0][0], "paired with such a bar")
            left_out[f"{name}#bar {measure.number}", reason, detail] += 1
        if part and (faults or group[0].is_pickup or part.metre != metre):
            yield part
            part = None
        if not faults:
            part = part or _Part(metre, group[0].number)
            part.notes += _filled(group, Grid.of_metre(metre, num_bars))
            part.num_bars += num_bars
    if part:
        yield part


def _grid_bars(found: Sequence[Measure]) -> Iterator[tuple[GridBar, list[Measure]]]:
    """The measures that fill whole bars of the grid: one, or a pair in 2/4."""
    index = 0
    while index < len(found):
        first = found[index]
        bar = GridBar("", 1)
        if first.metre is not None:
            bar = GRID_BARS[f"{first.metre[0]}/{first.metre[1]}"]
        group = [first]
        for following in found[index + 1 : index + bar.file_bars] if not first.is_pickup else ():
            if following.metre != first.metre or following.is_pickup:
                break
            group.append(following)
        index += len(group)
        yield bar, group


def _fault(measure: Measure) -> tuple[Reason, str] | None:
    if measure.fault:
        return measure.fault, measure.detail
    position = Fraction(0)
    for note in measure.notes:
        position += note.length_step
        if position.denominator > 1:
            reason = Reason.TUPLET if note.in_tuplet else Reason.OFF_GRID
            return reason, f"a note of {note.length_step} sixteenths"
    return None


def _filled(group: list[Measure], grid: Grid) -> list[WrittenNote]:
    """Fill bars of the grid with rest: a pickup at its start, an odd 2/4 measure at its end."""
    notes = [note for measure in group for note in measure.notes]
    length = sum((note.length_step for note in notes), Fraction(0))
    rest = WrittenNote(None, grid.num_steps - length)
    return [rest, *notes] if group[0].is_pickup else [*notes, rest]


def _phrase(grid: Grid, notes: Sequence[WrittenNote], tempo_qpm: float) -> Phrase:
    """Build the phrase. Ties join equal pitches only: between others the same sign is a slur."""
    onset: list[int] = []
    duration: list[int] = []
    pitch: list[int] = []
    position, tied = 0, False
    for note in notes:
        length = int(note.length_step)
        if not length:
            continue
        if note.pitch is not None and tied and pitch[-1] == note.pitch:
            duration[-1] += length
        elif note.pitch is not None:
            onset.append(position)
            duration.append(length)
            pitch.append(note.pitch)
        tied = note.tied and note.pitch is not None
        position += length
    columns = {"onset_step": onset, "duration_step": duration, "pitch": pitch}
    return Phrase(grid, **{k: np.array(v, np.int64) for k, v in columns.items()}, tempo_qpm=tempo_qpm)
