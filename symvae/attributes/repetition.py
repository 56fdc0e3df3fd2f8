"""Repetition of bars."""

import numpy as np
from jaxtyping import UInt64

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="share", bounds=(0.0, 1.0), on_silence=0.0, source="symvae")
def repeated_bar_share(phrase: Phrase) -> float:
    """Share of the bars after the first that repeat an earlier bar exactly.

    Bars are compared by the notes that start in them, cut at the barline; velocities are ignored. A bar in
    which no note starts repeats nothing. 0 for a single bar.
    """
    if phrase.grid.bars == 1:
        return 0.0
    spelled = notes_by_bar(phrase).values()
    return (len(spelled) - len(set(spelled))) / (phrase.grid.bars - 1)


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="symvae, after the grooving pattern similarity of Wu and Yang 2020, arXiv 2008.01307",
)
def bar_similarity(phrase: Phrase) -> float:
    """Share of steps at which two bars agree, averaged over all pairs of bars.

    Two bars agree at a step when the same pitches sound in both, struck or held, or none in either: Wu and
    Yang compare onsets, this compares pitches. 0 for a single bar.
    """
    grid = phrase.grid
    if grid.bars == 1:
        return 0.0
    # Steps in order of their place in the bar, then of the sounding pitches: bars that agree are neighbors.
    place = np.arange(grid.num_steps, dtype=np.uint64) % grid.steps_per_bar
    rows = np.column_stack([place, sounding(phrase)])
    rows = rows[np.lexsort(rows.T[::-1])]
    change = (rows[1:] != rows[:-1]).any(axis=1)
    agree = np.diff(np.flatnonzero(np.concatenate([[True], change, [True]])))
    return float((agree * (agree - 1)).sum() / (grid.num_steps * (grid.bars - 1)))


def notes_by_bar(phrase: Phrase) -> dict[int, bytes]:
    """Onsets, pitches and durations of the notes that start in each bar, cut at the barline, as bytes."""
    length = phrase.grid.steps_per_bar
    bar, step = np.divmod(phrase.onset_step, length)
    notes = np.stack([step, phrase.pitch, np.minimum(phrase.duration_step, length - step)], axis=1)
    parts = np.split(notes, np.searchsorted(bar, np.arange(1, phrase.grid.bars)))
    return {number: part.tobytes() for number, part in enumerate(parts) if len(part)}


def sounding(phrase: Phrase) -> UInt64[np.ndarray, "step half"]:
    """Pitches that sound at each step, one bit a pitch: equal rows are equal chords."""
    lasts = phrase.duration_step
    within = np.arange(lasts.sum()) - np.repeat(lasts.cumsum() - lasts, lasts)
    sound = np.zeros((phrase.grid.num_steps, 128), bool)
    sound[np.repeat(phrase.onset_step, lasts) + within, np.repeat(phrase.pitch, lasts)] = True
    return np.packbits(sound, axis=1).view(np.uint64)
