"""Groove: where the steps of the grid fall in the time that a song is played in.

Swung eighths, triplets and the push or lag of a player are offsets from the grid. A new note takes the offset
of the notes around it: of those that start at its step, else of those at the same place in the beats up to a
bar away, else of the beats themselves, else none. The offset is the median of theirs. As every note lies less
than half a step from its own step, so does the new one, and it is read as it was meant.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.grid import Grid
from symvae.music.quantize import nearest_step


class Groove(NamedTuple):
    """Played notes around a phrase, by step, and how far each is from the grid."""

    grid: Grid
    at_tick: int
    """Tick of the first step."""
    step_tick: float
    """Ticks of a step."""
    step: Int[np.ndarray, " note"]
    """Step of each note, counted from ``at_tick``."""
    onset_tick: Int[np.ndarray, " note"]

    @classmethod
    def of(cls, onset_tick: Int[np.ndarray, " note"], grid: Grid, at_tick: int, step_tick: float) -> "Groove":
        """Measure the groove of notes.

        Args:
            onset_tick: Start of each note.
            grid: Grid that gives the beats.
            at_tick: Tick of the first step of the grid.
            step_tick: Ticks of a step.

        Returns:
            The groove.
        """
        return cls(grid, at_tick, step_tick, nearest_step((onset_tick - at_tick) / step_tick), onset_tick)

    def tick(self, step: int, offset_step: float = 0.0) -> int:
        """Tick at which a note at a step is played, not before 0.

        A note off its step, as in a triplet bar of drums, takes the offset of the beats alone.
        """
        exact = self.at_tick + (step + offset_step) * self.step_tick
        beat = self.grid.steps_per_beat
        near = abs(self.step - step) <= self.grid.steps_per_bar
        same = [self.step == step, near & (self.step % beat == step % beat)] if not offset_step else []
        for like in (*same, near & (self.step % beat == 0)):
            if like.any():
                offset = self.onset_tick[like] - (self.at_tick + self.step[like] * self.step_tick)
                return max(0, int(np.floor(exact + np.sort(offset)[(len(offset) - 1) // 2] + 0.5)))
        return max(0, int(np.floor(exact + 0.5)))
