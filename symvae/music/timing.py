"""Timing: what a grid of sixteenths does to the rhythm of some notes.

It is measured on the notes before they are quantized: their distance from the grid, the rhythms that
sixteenths cannot notate (`symvae.music.tuplets`, `symvae.music.swing`), and whether the file has a beat
(`symvae.music.beat`). This module knows quarters and steps, and no songs, bars or pitches.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.music.beat import has_beat
from symvae.music.swing import Swing, find_swing
from symvae.music.tuplets import Tuplets, find_tuplets

#: A note farther from its step counts as off the grid: a 128th note, 16 ms at 120 qpm.
OFF_GRID_STEP = 0.125


class Onsets(NamedTuple):
    """Notes as they are before quantization, and their shifts."""

    quarter: Float[np.ndarray, " note"]
    """Start of each note in the file, in quarters."""
    shift_step: Float[np.ndarray, " note"]
    """Absolute distance of each onset from its step, in steps."""
    shift_ms: Float[np.ndarray, " note"]
    """The same in milliseconds."""
    end_shift_step: Float[np.ndarray, " note"]
    """Absolute distance of each end from its step, in steps."""
    ticks_per_quarter: int
    """Resolution of the file."""
    song_quarter: Float[np.ndarray, " onset"]
    """Distinct onsets of all tracks of the song, in quarters, which tell if there is a beat."""
    triplet_bars: int = 0
    """Bars of drums that are read as triplets; the distance of their hits is that from thirds."""


class Timing(NamedTuple):
    """Relation of notes to the sixteenth grid and to the beat of their file; 0 for no notes."""

    off_grid_share: float
    """Share of notes farther than `OFF_GRID_STEP` from their step, 0 to 1."""
    mean_shift_step: float
    """Mean absolute shift by quantization, in steps."""
    mean_shift_ms: float
    """The same in milliseconds."""
    lengths_moved_share: float
    """Share of notes whose end is moved by more than `OFF_GRID_STEP`."""
    triplet_share: float
    """Share of notes at thirds and sixths of a quarter; 0 without a beat, as the next two."""
    thirty_second_share: float
    """Share of notes between the sixteenths."""
    other_share: float
    """Share of notes anywhere else, as quintuplets are."""
    swing: Swing | None
    """None if the notes are straight, dotted or without a beat."""
    has_beat: bool | None
    """False if the notes of the song have no relation to its quarters; None if they are too few to tell."""
    ticks_per_quarter: int
    """Resolution of the file."""
    triplet_bars: int = 0
    """Bars of drums that are read as triplets."""

    def data(self) -> dict[str, Any]:
        """The measures as plain data."""
        return self._asdict() | {"swing": self.swing and self.swing._asdict()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Timing":
        """Build the measures from plain data."""
        swing = data["swing"]
        return cls(**{**data, "swing": swing and Swing(**swing)})


def measure_timing(notes: Onsets) -> Timing:
    """Measure how a grid of sixteenths fits some notes of a song."""
    beat = has_beat(notes.song_quarter)
    if not len(notes.quarter):
        # A track without notes has no rhythm that its ticks could be too few for.
        return Timing(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, None, beat, 0)
    off_grid = float((notes.shift_step > OFF_GRID_STEP).mean())
    swing, tuplets = None, Tuplets(0.0, 0.0, 0.0)
    if off_grid and beat is not False:
        swing = find_swing(notes.quarter)
        tuplets = find_tuplets(notes.quarter, notes.ticks_per_quarter, swing)
    return Timing(
        off_grid,
        float(notes.shift_step.mean()),
        float(notes.shift_ms.mean()),
        float((notes.end_shift_step > OFF_GRID_STEP).mean()),
        *tuplets,
        swing,
        beat,
        notes.ticks_per_quarter,
        notes.triplet_bars,
    )
