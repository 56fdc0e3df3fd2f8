"""Grids that fit notes: sixteenths or triplet eighths, bar by bar."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

#: Positions of a quarter, by the number of positions that the grid has in a bar of 4/4.
PER_QUARTER = {16: 4, 12: 3}


class Snapped(NamedTuple):
    """Notes on a grid."""

    onset_tick: Int[np.ndarray, " note"]
    grid: dict[int, int]
    """Grid of each bar that has a note: 16 or 12."""


def snap(
    onset_tick: Int[np.ndarray, " note"], lines: Int[np.ndarray, " line"], quarter_tick: int, grid: int | None
) -> Snapped:
    """Move onsets to the nearest positions of a grid that starts with each bar.

    The better grid is that with the smaller mean distance, in units of its own positions: notes at random
    places lie a quarter of a position away in either. Notes that both grids move to one place, as those on
    the beats, do not count. Sixteenths win a tie.

    Args:
        onset_tick: Start of each note.
        lines: Tick of each bar line.
        quarter_tick: Ticks of a quarter note, a multiple of 12.
        grid: 16 or 12; None chooses for each bar.

    Returns:
        The onsets, and the grid of each bar.
    """
    early = quarter_tick // 8  # a note played early belongs to the next bar
    bar = np.clip(np.searchsorted(lines, onset_tick + early, side="right") - 1, 0, max(len(lines) - 1, 0))
    new, chosen = onset_tick.copy(), dict[int, int]()
    for number in np.unique(bar).tolist():
        notes = bar == number
        offset = onset_tick[notes] - lines[number]
        choices = PER_QUARTER if grid is None else {grid: PER_QUARTER[grid]}
        places = [_nearest(offset, quarter_tick // per) for per in PER_QUARTER.values()]
        differ = offset[places[0] != places[1]]
        distance = {each: _distance(differ, quarter_tick / per) for each, per in choices.items()}
        chosen[number] = min(distance, key=lambda each: distance[each])
        unit = quarter_tick // PER_QUARTER[chosen[number]]
        new[notes] = lines[number] + _nearest(offset, unit)
    return Snapped(np.maximum(new, 0), chosen)


def _nearest(offset: Int[np.ndarray, " note"], unit: int) -> Int[np.ndarray, " note"]:
    return np.floor(offset / unit + 0.5).astype(np.int64) * unit


def _distance(offset: Int[np.ndarray, " note"], unit: float) -> float:
    """Mean distance from the nearest position, in positions; 0 for no notes."""
    if not len(offset):
        return 0.0
    place: Float[np.ndarray, " note"] = offset / unit
    return float(np.abs(place - np.floor(place + 0.5)).mean())
