"""Ticks to sixteenths: the nearest step for every onset and every end.

A performance is never on the grid, and that is no fault: each note moves to its nearest step, and how
far it moved is reported (``shift_step``, signed: positive was late), so that a reader can tell a
notated file (0) from a performance (a tenth of a step) from music that has no sixteenths (a quarter
of a step is what random times give). A note that would vanish lasts one step. Two notes of equal
pitch that meet on one step become one, the longer.

This module knows steps and nothing of bars or melodies.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int


class Quantized(NamedTuple):
    """Notes on integer steps; rows sorted by onset, then pitch."""

    onset_step: Int[np.ndarray, " note"]
    duration_step: Int[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    shift_step: Float[np.ndarray, " note"]
    """How late each note was played, in steps, from -0.5 to 0.5."""
    exact_end_step: Float[np.ndarray, " note"]
    """Where each note really stopped, in steps."""
    num_merged: int
    """Notes that fell on another of equal pitch and are gone."""


def quantize(
    onset_tick: Int[np.ndarray, " note"],
    duration_tick: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
    ticks_per_step: float,
) -> Quantized:
    """The notes on the nearest steps, counted from tick 0."""
    exact_onset = onset_tick / ticks_per_step
    onset = nearest_step(exact_onset)
    exact_end = (onset_tick + duration_tick) / ticks_per_step
    duration = np.maximum(nearest_step(exact_end) - onset, 1)
    keep = _sort_without_twins(onset, duration, pitch, velocity)
    return Quantized(
        onset[keep],
        duration[keep],
        pitch[keep],
        velocity[keep],
        shift_step=(exact_onset - onset)[keep],
        exact_end_step=exact_end[keep],
        num_merged=len(onset) - len(keep),
    )


def nearest_step(exact_step: Float[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Halves go up, always: numpy's own rounding sends them to the even neighbor."""
    return np.floor(exact_step + 0.5).astype(np.int64)


def resolve_overlaps(
    onset: Int[np.ndarray, " note"],
    duration: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
) -> tuple[
    Int[np.ndarray, " kept"], Int[np.ndarray, " kept"], Int[np.ndarray, " kept"], Int[np.ndarray, " kept"]
]:
    """The same notes with no pitch sounding twice at once, which neither MIDI nor a piano can do.

    Of two that start together the longer stays; one that still sounds when its pitch starts again is
    cut there. Gives (onset, duration, pitch, velocity), sorted by onset, then pitch.
    """
    keep = _sort_without_twins(onset, duration, pitch, velocity)
    onset, duration, pitch, velocity = onset[keep], duration[keep], pitch[keep], velocity[keep]
    by_pitch = np.lexsort((onset, pitch))
    first, then = by_pitch[:-1], by_pitch[1:]
    again = pitch[first] == pitch[then]
    duration = duration.copy()
    duration[first[again]] = np.minimum(duration[first], onset[then] - onset[first])[again]
    return onset, duration, pitch, velocity


def _sort_without_twins(
    onset: Int[np.ndarray, " note"],
    duration: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
) -> Int[np.ndarray, " kept"]:
    """Rows by onset, then pitch; of rows that agree in both, the longest, then the loudest."""
    order = np.lexsort((-velocity, -duration, pitch, onset))
    same = (onset[order][1:] == onset[order][:-1]) & (pitch[order][1:] == pitch[order][:-1])
    return order[np.concatenate([np.ones(min(len(order), 1), bool), ~same])]
