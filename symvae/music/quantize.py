"""Quantization: ticks to sixteenths, each onset and each end to its nearest step.

A performance is never exactly on the grid. The shift of each note is reported (positive: played late). Its
mean size distinguishes a notated file (0) from a performance (about a tenth of a step) and from music that
has no sixteenths (a quarter of a step, as for random times). A note shorter than half a step lasts one
step. Two notes of equal pitch that meet on one step become one, the longer; hits of drums stay two.

This module knows steps, and no bars or melodies.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

#: More steps than a song has.
_FAR = 1 << 40


class Quantized(NamedTuple):
    """Notes on integer steps, sorted by onset, then pitch."""

    onset_step: Int[np.ndarray, " note"]
    duration_step: Int[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    shift_step: Float[np.ndarray, " note"]
    """Exact onset minus quantized onset, in steps, from -0.5 to 0.5."""
    exact_end_step: Float[np.ndarray, " note"]
    """End of each note before quantization, in steps."""
    num_merged: int
    """Notes that fell on another of equal pitch and were dropped."""
    num_duplicates: int
    """Notes that were dropped since another of equal pitch starts on the same tick."""


def quantize(
    onset_tick: Int[np.ndarray, " note"],
    duration_tick: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
    ticks_per_step: float,
    every_hit: bool = False,
) -> Quantized:
    """Move notes to the nearest steps, counted from tick 0.

    Args:
        onset_tick: Start of each note, in ticks.
        duration_tick: Length of each note, in ticks.
        pitch: MIDI note numbers.
        velocity: MIDI velocities.
        ticks_per_step: Length of a sixteenth, in ticks.
        every_hit: Keep notes of equal pitch that meet on one step, as the two hits of a flam.

    Returns:
        The notes on steps, with the shift of each.
    """
    exact_onset = onset_tick / ticks_per_step
    onset = nearest_step(exact_onset)
    exact_end = (onset_tick + duration_tick) / ticks_per_step
    duration = np.maximum(nearest_step(exact_end) - onset, 1)
    keep = _sorted_without_duplicates(onset_tick if every_hit else onset, duration, pitch, velocity)
    num_distinct = len(np.unique(np.column_stack([onset_tick, pitch]), axis=0))
    return Quantized(
        onset[keep],
        duration[keep],
        pitch[keep],
        velocity[keep],
        shift_step=(exact_onset - onset)[keep],
        exact_end_step=exact_end[keep],
        num_merged=num_distinct - len(keep),
        num_duplicates=len(onset) - num_distinct,
    )


def nearest_step(exact_step: Float[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Round halves up, where `numpy.round` would take the even neighbor."""
    return np.floor(exact_step + 0.5).astype(np.int64)


def resolve_overlaps(
    onset: Int[np.ndarray, " note"],
    duration: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
) -> tuple[
    Int[np.ndarray, " kept"], Int[np.ndarray, " kept"], Int[np.ndarray, " kept"], Int[np.ndarray, " kept"]
]:
    """Drop or shorten notes so that no pitch sounds twice at once, which neither MIDI nor a piano can do.

    Of notes that start together the longest stays (of equal ones the loudest); a note that still sounds when
    its pitch starts again ends there.

    Args:
        onset: Start of each note, in any unit of time.
        duration: Length of each note, in the same unit.
        pitch: MIDI note numbers.
        velocity: MIDI velocities.

    Returns:
        Onset, duration, pitch and velocity, sorted by onset, then pitch.
    """
    keep = _sorted_without_duplicates(onset, duration, pitch, velocity)
    onset, duration, pitch, velocity = onset[keep], duration[keep], pitch[keep], velocity[keep]
    by_pitch = np.lexsort((onset, pitch))
    first, then = by_pitch[:-1], by_pitch[1:]
    again = pitch[first] == pitch[then]
    duration = duration.copy()
    duration[first[again]] = np.minimum(duration[first], onset[then] - onset[first])[again]
    return onset, duration, pitch, velocity


def resolve_hits(
    onset: Int[np.ndarray, " note"],
    duration: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
    offset: Float[np.ndarray, " note"],
) -> tuple[Int[np.ndarray, " kept"], Int[np.ndarray, " kept"]]:
    """Drop or shorten hits of drums so that no pitch sounds in two steps at once.

    Of hits that start together the longest stays (of equal ones the loudest); hits that share a step without
    starting together, as in a flam, all stay.

    Args:
        onset: Start of each hit, in steps.
        duration: Length of each hit, in steps.
        pitch: MIDI note numbers.
        velocity: MIDI velocities.
        offset: How far each hit is played from its step, in steps.

    Returns:
        Rows of the hits that stay, by step, pitch and time, and their durations.
    """
    keep = np.empty(0, np.int64)
    if len(onset):
        order = np.lexsort((-velocity, -duration, offset, pitch, onset))
        place = np.stack([onset, pitch, offset])[:, order]
        keep = order[np.concatenate([[True], (place[:, 1:] != place[:, :-1]).any(axis=0)])]
    onset, pitch, duration = onset[keep], pitch[keep], duration[keep]
    places = np.unique(pitch * _FAR + onset)
    later = np.searchsorted(places, pitch * _FAR + onset, side="right")
    following = np.append(places, 0)[later]
    again = following // _FAR == pitch
    again[later == len(places)] = False
    return keep, np.where(again, np.minimum(duration, following % _FAR - onset), duration)


def _sorted_without_duplicates(
    onset: Int[np.ndarray, " note"],
    duration: Int[np.ndarray, " note"],
    pitch: Int[np.ndarray, " note"],
    velocity: Int[np.ndarray, " note"],
) -> Int[np.ndarray, " kept"]:
    """Rows by onset, then pitch; of rows that agree in both, the longest, then the loudest."""
    order = np.lexsort((-velocity, -duration, pitch, onset))
    same = (onset[order][1:] == onset[order][:-1]) & (pitch[order][1:] == pitch[order][:-1])
    return order[np.concatenate([np.ones(min(len(order), 1), bool), ~same])]
