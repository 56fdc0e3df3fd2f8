"""Triplet bars: bars of drums whose hits lie on thirds of the quarter rather than on sixteenths.

A bar has one grid: sixteenths, or three cells a quarter. A `Phrase` knows sixteenths alone, so the hit of a
triplet cell stands on the nearest step, a third of a step early or late (`Phrase.offset_step`), and which
grid a bar has is read from its hits. Only hits off the beat speak for one of the two, since both have the
beats. ``n`` of them, at root mean square distances ``s`` from their sixteenths and ``t`` from their thirds,
are triplets if

    n · log(MARGIN · s / t) > EVIDENCE

which is the likelihood ratio of two normal distributions with deviations ``s`` and ``t``, less a margin and a
prior. One hit exactly on a third is enough; of played ones it takes several, each much nearer to its third:
loose sixteenths, which are far from thirds, stay sixteenths.

Only metres of quarters have triplet bars: the beat of 6/8 has three parts as it is.
"""

import numpy as np
from jaxtyping import Bool, Float, Int64

from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.phrase import Phrase

#: Triplet cells of a quarter.
CELLS_PER_QUARTER = 3
#: Places of a quarter, so that steps and triplet cells are whole numbers of them, and those of a step.
PLACES_PER_STEP = CELLS_PER_QUARTER
PLACES_PER_CELL = STEPS_PER_QUARTER
#: How much nearer to thirds hits have to be, and how much their number adds to it.
MARGIN, EVIDENCE = 0.7, 2.0
#: Distance in steps below which a hit is exactly on its place: half the rounding of an offset.
EXACT_STEP = 1 / 240


def has_triplet_bars(grid: Grid) -> bool:
    """True for the metres whose beat is a quarter."""
    return grid.steps_per_beat == STEPS_PER_QUARTER


def cells_per_bar(steps_per_bar: int) -> int:
    """Triplet cells of a bar."""
    return steps_per_bar * CELLS_PER_QUARTER // STEPS_PER_QUARTER


def triplet_bars(phrase: Phrase) -> Bool[np.ndarray, " bar"]:
    """Mask of the bars of a phrase whose hits are triplets."""
    if not phrase.offset_step.any():
        return np.zeros(phrase.grid.bars, bool)
    bar = phrase.onset_step // phrase.grid.steps_per_bar
    return fit_triplets(phrase.onset_step + phrase.offset_step, bar, phrase.grid)


def fit_triplets(
    exact_step: Float[np.ndarray, " note"], bar: Int64[np.ndarray, " note"], grid: Grid
) -> Bool[np.ndarray, " bar"]:
    """Choose between sixteenths and triplets for each bar.

    Args:
        exact_step: Onset of each hit as played, in steps.
        bar: Bar that each hit belongs to.
        grid: The bars.

    Returns:
        Mask of the triplet bars.
    """
    if not has_triplet_bars(grid):
        return np.zeros(grid.bars, bool)
    step = np.floor(exact_step + 0.5)
    cell = np.floor(exact_step / PLACES_PER_CELL * PLACES_PER_STEP + 0.5)
    off_beat = (step % STEPS_PER_QUARTER != 0) | (cell % CELLS_PER_QUARTER != 0)
    distances = (exact_step - step, exact_step - cell * PLACES_PER_CELL / PLACES_PER_STEP)
    count, from_step, from_cell = (
        np.bincount(bar[off_beat], weights, grid.bars)
        for weights in (None, *(each[off_beat] ** 2 for each in distances))
    )
    spread = [np.sqrt(total / np.maximum(count, 1)) + EXACT_STEP for total in (from_step, from_cell)]
    return count * np.log(MARGIN * spread[0] / spread[1]) > EVIDENCE


def distance_step(
    exact_step: Float[np.ndarray, " note"], onset_step: Int64[np.ndarray, " note"], grid: Grid
) -> Float[np.ndarray, " note"]:
    """Measure how far hits are from the grid of their bar.

    Args:
        exact_step: Onset of each hit as played, in steps.
        onset_step: The nearest step of each.
        grid: The metre; there may be more bars.

    Returns:
        Distances in steps, positive for late hits.
    """
    bar = onset_step // grid.steps_per_bar
    triplets = fit_triplets(exact_step, bar, grid.with_bars(int(bar.max(initial=0)) + 1))
    cell = np.floor(exact_step / PLACES_PER_CELL * PLACES_PER_STEP + 0.5)
    return exact_step - np.where(triplets[bar], cell * PLACES_PER_CELL / PLACES_PER_STEP, onset_step)


def place_of(phrase: Phrase) -> Int64[np.ndarray, " note"]:
    """Place of each hit on the grid of its bar, in twelfths of a quarter from the start of the phrase."""
    steps_per_bar = phrase.grid.steps_per_bar
    bar = phrase.onset_step // steps_per_bar
    first, cells = bar * steps_per_bar, cells_per_bar(steps_per_bar)
    exact = (phrase.onset_step + phrase.offset_step - first) * PLACES_PER_STEP / PLACES_PER_CELL
    cell = np.clip(np.floor(exact + 0.5), 0, cells - 1).astype(np.int64)
    triplets = first * PLACES_PER_STEP + cell * PLACES_PER_CELL
    return np.where(triplet_bars(phrase)[bar], triplets, phrase.onset_step * PLACES_PER_STEP)


def written_offset_step(phrase: Phrase) -> Float[np.ndarray, " note"]:
    """Distance of each hit's written place from its step, in steps: up to a third in triplet bars, else 0."""
    return place_of(phrase) / PLACES_PER_STEP - phrase.onset_step
