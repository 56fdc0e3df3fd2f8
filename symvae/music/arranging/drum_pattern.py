"""Pattern of a drum track, made denser or sparser: the number of steps with a hit.

Denser: cells of the bar without a hit are filled, the metrically strongest first, the same ones in every bar.
They get a hit of the cymbal that keeps time (hi-hat or ride); after a snare, the weakest cells get a ghost
note, a soft stroke on the snare, instead.

Sparser: cymbals, toms and ghost notes go from the metrically weakest cells first, in every bar alike. Kicks
and full strokes on the snare stay, and so do the first beats of bars.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int64

from symvae.music.drum_kit import DRUM_CLASSES, class_of, kit_of
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase
from symvae.music.triplet_bars import (
    CELLS_PER_QUARTER,
    PLACES_PER_CELL,
    PLACES_PER_STEP,
    cells_per_bar,
    triplet_bars,
)

_NAMES = [each.name for each in DRUM_CLASSES]
KICK, SNARE = _NAMES.index("kick"), _NAMES.index("snare")
#: Cymbals that keep time.
TIMEKEEPERS = (_NAMES.index("closed_hihat"), _NAMES.index("ride"))
#: Velocity of a ghost note, and most that a snare may have to count as one, as shares of a full stroke.
GHOST, GHOSTLY = 0.4, 0.6
#: How much softer a new hit is for each metrical level below the beat.
SOFTER = 8
#: Levels of the beat and of the weakest cells (`symvae.music.metrical_weight`), and the last third of a beat.
BEAT, WEAKEST, LAST_THIRD = 3, 1, 2


class _Cells(NamedTuple):
    """Cells of all bars, in order."""

    step: Int64[np.ndarray, " cell"]
    offset: Float[np.ndarray, " cell"]
    weight: Int64[np.ndarray, " cell"]
    number: Int64[np.ndarray, " cell"]
    """Place in the bar."""


def hit_steps(phrase: Phrase) -> int:
    """Number of steps with a hit."""
    return len(np.unique(phrase.onset_step))


def with_hit_steps(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"] | None = None) -> Phrase:
    """Make a drum track denser or sparser.

    Args:
        phrase: The drum track.
        count: Number of steps at which a hit should be.
        kept: Hits that stay.

    Returns:
        The track with about as many, as far as its cells and its kicks and snares allow.
    """
    present = hit_steps(phrase)
    if not len(phrase) or count == present:
        return phrase
    if count > present:
        return _denser(phrase, count - present)
    return _sparser(phrase, present - count, np.zeros(len(phrase), bool) if kept is None else kept)


def _cells(phrase: Phrase) -> _Cells:
    grid, per_bar = phrase.grid, phrase.grid.steps_per_bar
    weight = metrical_weight(grid)
    rows = []
    for bar, triplets in enumerate(triplet_bars(phrase).tolist()):
        count = cells_per_bar(per_bar) if triplets else per_bar
        for number in range(count):
            exact = number * PLACES_PER_CELL / PLACES_PER_STEP if triplets else float(number)
            step = int(np.floor(exact + 0.5))
            third = number % CELLS_PER_QUARTER if triplets else 0
            level = weight[step] if not third else LAST_THIRD if third == LAST_THIRD else WEAKEST
            rows.append((bar * per_bar + step, exact - step, level, number))
    step, offset, level, number = np.array(rows).T
    return _Cells(step.astype(int), offset, level.astype(int), number.astype(int))


def _ends(cells: _Cells, order: Int64[np.ndarray, " cell"]) -> Int64[np.ndarray, " end"]:
    """Ends of the runs of cells of equal weight and number, in an order."""
    key = np.stack([cells.weight, cells.number])[:, order]
    return np.append(np.flatnonzero((key[:, 1:] != key[:, :-1]).any(axis=0)) + 1, len(order))


def _denser(phrase: Phrase, more: int) -> Phrase:
    cells = _cells(phrase)
    struck = np.isin(cells.step, phrase.onset_step)
    order = np.lexsort((-cells.number, -cells.weight))
    filled = np.cumsum(~struck[order])[_ends(cells, order) - 1]
    best = int(np.abs(filled - more).argmin())
    if abs(filled[best] - more) >= more:
        return phrase
    chosen = order[: _ends(cells, order)[best]]
    rows = np.sort(chosen[~struck[chosen]])
    kit, played = kit_of(phrase), class_of(phrase.pitch)
    keeper = max(TIMEKEEPERS, key=lambda number: int((played == number).sum()))
    snare = phrase.onset_step[played == SNARE]
    velocity = kit.velocity[keeper] - SOFTER * np.maximum(0, BEAT - cells.weight[rows])
    after_snare = np.array(
        [((at - snare > 1) & (at - snare < STEPS_PER_QUARTER)).any() for at in cells.step[rows]]
    )
    ghost = (cells.weight[rows] == WEAKEST) & after_snare.astype(bool)
    pitch = np.where(ghost, kit.pitch[SNARE], kit.pitch[keeper])
    velocity = np.where(ghost, np.rint(GHOST * kit.velocity[SNARE]).astype(int), velocity).clip(1, 127)
    new = (cells.step[rows], np.ones(len(rows), int), pitch, velocity, cells.offset[rows])
    columns = zip((*phrase.columns, phrase.offset_step), new, strict=True)
    return phrase.with_notes(*(np.concatenate(pair) for pair in columns))


def _sparser(phrase: Phrase, fewer: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    cells, played = _cells(phrase), class_of(phrase.pitch)
    strokes = phrase.velocity[played == SNARE]
    ghost = (played == SNARE) & (phrase.velocity < GHOSTLY * (np.median(strokes) if len(strokes) else 0))
    light = ((played != KICK) & (played != SNARE)) | ghost
    light &= (phrase.onset_step % phrase.grid.steps_per_bar > 0) & ~kept
    heavy = np.isin(cells.step, phrase.onset_step[~light])
    goes = np.isin(cells.step, phrase.onset_step[light]) & ~heavy
    order = np.lexsort((-cells.number, cells.weight))
    ends = _ends(cells, order)
    best = int(np.abs(np.cumsum(goes[order])[ends - 1] - fewer).argmin())
    thinned = cells.step[order[: ends[best]]]
    return phrase.select(~(light & np.isin(phrase.onset_step, thinned)))
