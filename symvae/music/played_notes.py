"""Played notes: the notes of a song in their own time, while the edits of phrases are applied to them.

A phrase has them on the grid; there a step and a pitch may stand for several played notes, as for two players
in unison or for a tremolo. These go on together, or are removed together.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.continuation import continuation, pitch_shift
from symvae.music.groove import Groove
from symvae.music.melody_line import skyline
from symvae.music.patch import Patch
from symvae.music.quantize import nearest_step
from symvae.music.song import Song


class AddedNote(NamedTuple):
    """A new note that replaces no other."""

    onset: int
    end: int
    pitch: int
    velocity: int
    shift: float
    """Change of the mean pitch around it."""


class PlayedNotes:
    """Notes of some tracks of a song in time order, as they were and as they are after edits."""

    def __init__(self, song: Song, tracks: Sequence[int], step_tick: float) -> None:
        """
        Args:
            song: The song.
            tracks: Numbers of the tracks.
            step_tick: Ticks of a step.
        """
        columns = zip(*(song.tracks[index].columns for index in tracks), strict=True)
        onset, duration, pitch, velocity = (np.concatenate(column) for column in columns)
        part = np.repeat(tracks, [len(song.tracks[index]) for index in tracks])
        order = np.lexsort((pitch, onset))
        self.step_tick = step_tick
        self.part, self.old_onset, self.old_pitch = part[order], onset[order], pitch[order]
        self.old_end, self.old_velocity = (onset + duration)[order], velocity[order]
        self.onset, self.end = self.old_onset.copy(), self.old_end.copy()
        self.pitch, self.velocity = self.old_pitch.copy(), self.old_velocity.copy()
        self.gone = np.zeros(len(order), bool)

    @property
    def replaced(self) -> Bool[np.ndarray, " note"]:
        """Notes with another pitch or another onset."""
        return ~self.gone & ((self.onset != self.old_onset) | (self.pitch != self.old_pitch))

    @property
    def changed(self) -> Bool[np.ndarray, " note"]:
        """Notes with another velocity or another end, but neither another pitch nor another onset."""
        differs = (self.end != self.old_end) | (self.velocity != self.old_velocity)
        return ~self.gone & ~self.replaced & differs

    def line(self, patches: Sequence[Patch]) -> Bool[np.ndarray, " note"]:
        """Notes of the melody line: those in phrases of the patches, and the skyline elsewhere."""
        step, end = self._step(self.old_onset, 0), self._step(self.old_end, 0)
        line = np.zeros(len(step), bool)
        line[skyline(step, np.maximum(end - step, 1), self.old_pitch).kept] = True
        for patch in patches:
            shown = set(zip(patch.before.onset_step.tolist(), patch.before.pitch.tolist(), strict=True))
            for place, rows in self._groups(patch.at_tick, patch.until_tick, patch.at_tick).items():
                line[rows] = place in shown
        return line

    def edit(self, patch: Patch) -> list[AddedNote]:
        """Apply a patch; return the notes that it adds."""
        patch = patch.under(self.step_tick)
        before, after = patch.before, patch.after
        groups = self._groups(patch.start_tick, patch.end_tick, patch.at_tick)
        shown = set(zip(before.onset_step.tolist(), before.pitch.tolist(), strict=True))
        places = zip(after.onset_step.tolist(), after.pitch.tolist(), strict=True)
        # Where a note sounds already that the phrase does not show, no second one is added.
        after = after.select(np.array([at in shown or at not in groups for at in places], bool))
        bar_tick = before.grid.steps_per_bar * self.step_tick
        first, last = np.searchsorted(
            self.old_onset, [patch.start_tick - bar_tick, patch.end_tick + bar_tick]
        )
        groove = Groove.of(self.old_onset[first:last], before.grid, patch.at_tick, self.step_tick)
        pairs = continuation(before, after)
        for old, new in zip(pairs.old.tolist(), pairs.new.tolist(), strict=True):
            rows = groups[int(before.onset_step[old]), int(before.pitch[old])]
            self.pitch[rows] += after.pitch[new] - before.pitch[old]
            louder = after.velocity[new] - before.velocity[old]
            self.velocity[rows] = (self.velocity[rows] + louder).clip(1, 127)
            if after.onset_step[new] != before.onset_step[old]:
                self.onset[rows] += groove.tick(int(after.onset_step[new])) - self.onset[rows[0]]
            if after.end_step[new] != before.end_step[old]:
                self._end(rows, patch, int(before.end_step[old]), int(after.end_step[new]), groove)
            self.end[rows] = np.maximum(self.end[rows], self.onset[rows] + 1)
        for old in pairs.gone.tolist():
            self.gone[groups[int(before.onset_step[old]), int(before.pitch[old])]] = True
        shift, added = pitch_shift(before, after), []
        for new in pairs.added.tolist():
            onset = groove.tick(int(after.onset_step[new]), float(after.offset_step[new]))
            end = max(min(groove.tick(int(after.end_step[new])), patch.until_tick), onset + 1)
            added.append(AddedNote(onset, end, int(after.pitch[new]), int(after.velocity[new]), shift))
        return added

    def _end(self, rows: list[int], patch: Patch, old_step: int, new_step: int, groove: Groove) -> None:
        """Move the ends of notes by whole steps; an end that the phrase did not show goes to its step."""
        longest = rows[int(np.argmax(self.old_end[rows]))]
        moved = self.old_end[rows] + round((new_step - old_step) * self.step_tick)
        shown = self._step(self.old_end[rows], patch.at_tick) == old_step
        new_end = moved[rows.index(longest)] if shown[rows.index(longest)] else groove.tick(new_step)
        others = np.minimum(self.old_end[rows], new_end)
        end = np.where(shown, moved, np.where(np.array(rows) == longest, new_end, others))
        self.end[rows] = np.minimum(end, patch.until_tick)

    def _groups(self, start_tick: int, end_tick: int, at_tick: int) -> dict[tuple[int, int], list[int]]:
        """Rows of the notes of a span by step and pitch; a note up to half a step early is in the span."""
        early = self.step_tick / 2
        first, last = np.searchsorted(self.old_onset, [start_tick - early, end_tick - early])
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        steps = self._step(self.old_onset[first:last], at_tick).tolist()
        for row, step in enumerate(steps, int(first)):
            groups[step, int(self.old_pitch[row])].append(row)
        return dict(groups)

    def _step(self, tick: Int[np.ndarray, " tick"], at_tick: int) -> Int[np.ndarray, " tick"]:
        return nearest_step((tick - at_tick) / self.step_tick)
