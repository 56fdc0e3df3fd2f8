"""Exact edits of a song: loudness, lengths and transposition, applied to its own notes in their own time.

All bars with one setting are edited alike, so that the curve of the song stays: "+8" makes each note louder
by 8, and 100 shifts all of them by what their mean lacks. Lengths are multiplied by one number, sought so
that the mean over the phrases is the value. Pitches move by whole transpositions
(`symvae.system.faders.transposition`). Bars outside of the model's windows are edited, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.attributes.key import Key, key_of
from symvae.attributes.table import ATTRIBUTES
from symvae.music.bars import bar_lines
from symvae.music.collisions import without_collisions
from symvae.music.exact_edits import VELOCITIES, louder, room_to_grow, scaled_lengths
from symvae.music.patch import Patch
from symvae.music.phrase import Phrase
from symvae.music.played_notes import PlayedNotes
from symvae.music.quantize import nearest_step
from symvae.music.resolution import with_whole_steps, without_needless_ticks
from symvae.music.song import Song
from symvae.music.windows import whole
from symvae.pipelines.automation import Lane, Setting
from symvae.pipelines.exact_report import Edited, ExactEdit
from symvae.pipelines.fade_versions import bars_in_song, measured, step_ticks
from symvae.pipelines.intake import Intake
from symvae.pipelines.read_again import read_again
from symvae.pipelines.song_locks import NO_LOCK, Keep, bass_notes
from symvae.pipelines.tracks import tracks_read
from symvae.pipelines.version import Faded
from symvae.pipelines.words import counted
from symvae.system.faders.performance import LOUDNESS
from symvae.system.faders.transposition import transposed
from symvae.system.faders.ways import ARTICULATION, LINE_DENSITY, REGISTER
from symvae.system.note_faders import FaderModel

#: Lengths are multiplied by at most this number, or divided by it; the search for it halves so many times.
MOST_TIMES, HALVINGS = 16.0, 14
#: Lengths shrink at most by this power of the ratio that is asked for: on the grid the shortest notes cannot,
#: and the others shall not pay for them.
SHRINK = 2.0
_LEAST_SHARE = 1e-3
#: Shortest note that lengths are multiplied to, in steps: as short as a sixteenth may be and read as one.
SHORTEST_STEP = 0.6
#: Largest distance from a value that counts as met: what rounding explains, and what the grid does.
MET = {LOUDNESS: 0.51, REGISTER: 0.51, ARTICULATION: 0.01, LINE_DENSITY: 0.01}


def edit_notes(
    model: FaderModel,
    intake: Intake,
    song: Song,
    faded: Sequence[Faded],
    lanes: Mapping[str, Lane],
    kept: Keep = NO_LOCK,
) -> Edited:
    """Apply the settings of faders that have exact edits.

    Args:
        model: Model whose faders measure the result.
        intake: The song as it was read.
        song: The song now; the model may have changed notes of it.
        faded: All versions.
        lanes: Settings of these faders, by fader and bar.
        kept: What stays: nothing changes a kept track, and the register does not move a kept bass. A melody
            goes with the register.

    Returns:
        The song, its versions measured again, and the edits.
    """
    if not lanes or not song.num_notes:
        return Edited(song, list(faded))
    return _Editing(model, intake, song, faded, kept).edited(lanes)


class _Group(NamedTuple):
    """Bars with one setting of a fader."""

    fader: str
    setting: Setting
    bars: tuple[int, ...]
    rows: tuple[int, ...]
    """Versions of these bars."""
    notes: Bool[np.ndarray, " note"]
    """Notes to edit."""


class _Editing:
    """The notes of a song while they are edited."""

    def __init__(
        self, model: FaderModel, intake: Intake, song: Song, faded: Sequence[Faded], kept: Keep
    ) -> None:
        self.model, self.intake, self.faded = model, intake, list(faded)
        self.polyphonic = model.tokenizer.polyphonic
        self.ticks_per_quarter, self.song = song.ticks_per_quarter, with_whole_steps(song)
        self.lines = np.array(bar_lines(self.song))
        self.tracks = tracks_read(self.song, intake.reading.track, intake.reading.drums)
        self.notes = PlayedNotes(self.song, self.tracks, step_ticks(self.song))
        early = self.notes.old_onset + self.notes.step_tick / 2  # such a note belongs to the next bar
        self.bar = np.searchsorted(self.lines, early, side="right") - 1
        self.line = np.ones(len(self.bar), bool) if self.polyphonic else self.notes.line(self._windows())
        self.still = np.isin(self.notes.part, kept.tracks)
        self.low = bass_notes(kept, self.song, self.notes)

    def edited(self, lanes: Mapping[str, Lane]) -> Edited:
        """Make all edits and measure the result."""
        groups = [group for name, lane in lanes.items() for group in self._groups(name, lane)]
        edits = [self._transposed(group) for group in groups if group.fader == REGISTER]
        loud = [group for group in groups if group.fader == LOUDNESS]
        edits += [self._louder(*pair) for pair in zip(loud, self._values(loud), strict=True)]
        for name in (ARTICULATION, LINE_DENSITY):
            edits += self._scaled([group for group in groups if group.fader == name])
        self._end_collisions()
        notes, changed = self.notes, {}
        for index in self.tracks:
            mine = notes.part == index
            changed[index] = (int((notes.changed & mine).sum()), int((notes.replaced & mine).sum()))
        song = without_needless_ticks(self._written(), self.ticks_per_quarter)
        return Edited(song, self._measured_again(), tuple(edits), changed)

    def _end_collisions(self) -> None:
        """End notes where their pitch starts again, since one of the two was transposed farther."""
        notes = self.notes
        for mine in (notes.part == index for index in self.tracks):
            if len(np.unique((notes.pitch - notes.old_pitch)[mine])) > 1:
                columns = notes.onset[mine], notes.end[mine], notes.pitch[mine]
                moved = notes.replaced[mine]
                notes.end[mine] = without_collisions(*columns, moved, np.zeros_like(moved))

    @cached_property
    def _key(self) -> Key:
        """Key of the song, found in its longest stretch of one metre."""
        return key_of(max(whole(self.song, polyphonic=True).phrases, key=len))

    def _windows(self) -> list[Patch]:
        """The windows of the song, without an edit."""
        phrases, lines = read_again(self.intake, self.song, polyphonic=False), self.lines.tolist()
        starts, ends = self.intake.reading.start_bar, self.intake.reading.end_bar
        return [
            Patch(phrase, phrase, lines[start], lines[start], lines[end], lines[end])
            for phrase, start, end in zip(phrases, starts, ends, strict=True)
        ]

    def _groups(self, name: str, lane: Lane) -> list[_Group]:
        bars_of: dict[Setting, list[int]] = defaultdict(list)
        for bar, setting in sorted(lane.items()):
            bars_of[setting].append(bar)
        groups = []
        for setting, bars in bars_of.items():
            rows = [row for row, f in enumerate(self.faded) if f.version.settings.get(name) == setting]
            notes = self.line & np.isin(self.bar, bars) & ~self.still
            if name == REGISTER:
                notes &= ~self.low
            last = int(self.bar.max(initial=0))
            named = tuple(bar for bar in bars if bar <= last) or tuple(bars)
            groups.append(_Group(name, setting, named, tuple(rows), notes))
        return groups

    def _transposed(self, group: _Group) -> ExactEdit:
        """Transpose by a change, or by what the mean of the song as it was read lacks."""
        by = self._change(group, [self.faded[row].before[REGISTER] for row in group.rows])
        pitched = sum(len(track) for track in self.song.tracks if not track.is_drum)
        alone = bool(group.notes.all()) and len(group.notes) == pitched
        key = None if alone else self._key
        new, words, missed = transposed(self.notes.old_pitch[group.notes], by, key)
        self.notes.pitch[group.notes] = new
        return self._edit(group, words, missed)

    def _louder(self, group: _Group, now: Sequence[float]) -> ExactEdit:
        """Shift velocities by a change; by what the mean lacks where a value is set, or notes are new."""
        wanted = self._change(group, now)
        if any(self.faded[row].decoded for row in group.rows):
            wanted = self._asked(group) - float(np.mean(now))
        by = int(np.rint(wanted))
        old = self.notes.old_velocity[group.notes]
        new = louder(old, by)
        self.notes.velocity[group.notes] = new
        clipped = int(np.count_nonzero(new - old != by))
        end = VELOCITIES[1] if by > 0 else VELOCITIES[0]
        return self._edit(group, f"{by:+d}", f"{clipped} of the notes end at {end}" if clipped else "")

    def _scaled(self, groups: Sequence[_Group]) -> list[ExactEdit]:
        """Multiply the lengths of all groups at once, each by the number that brings it nearest."""
        groups = [group for group in groups if group.rows]
        notes = self.notes
        step = nearest_step(notes.onset / notes.step_tick)
        room = room_to_grow(notes.onset, step, notes.pitch, self.line)
        room = np.minimum(room, self.lines[np.minimum(self.bar + 1, len(self.lines) - 1)])
        asked = np.array([self._asked(group) for group in groups])
        low, high = np.full(len(groups), -np.log(MOST_TIMES)), np.full(len(groups), np.log(MOST_TIMES))
        now = self._means(groups)
        shrink = np.maximum(asked, _LEAST_SHARE) / np.maximum(now, _LEAST_SHARE)
        low = np.clip(SHRINK * np.log(shrink), low, 0.0)
        best, least = np.zeros(len(groups)), abs(now - asked)
        for _ in range(HALVINGS if groups else 0):
            middle = (low + high) / 2
            self._set_lengths(groups, room, middle)
            miss = self._means(groups) - asked
            best, least = np.where(abs(miss) < least, middle, best), np.minimum(abs(miss), least)
            low, high = np.where(miss < 0, middle, low), np.where(miss < 0, high, middle)
        self._set_lengths(groups, room, best)
        reached = self._means(groups)
        return [
            self._edit(
                group,
                f"lengths times {np.exp(log):.3g}",
                f"{value:.3g} is as near as lengths on the grid come" if off > MET[group.fader] else "",
            )
            for group, log, value, off in zip(groups, best, reached, least, strict=True)
        ]

    def _set_lengths(
        self, groups: Sequence[_Group], room: Int[np.ndarray, " note"], log_times: Float[np.ndarray, " group"]
    ) -> None:
        least = int(np.ceil(SHORTEST_STEP * self.notes.step_tick))
        for (*_, rows), log in zip(groups, log_times.tolist(), strict=True):
            onset, old_end = self.notes.onset[rows], self.notes.old_end[rows]
            self.notes.end[rows] = scaled_lengths(onset, old_end, room[rows], float(np.exp(log)), least)

    def _change(self, group: _Group, values: Sequence[float]) -> float:
        """A setting that is a change, else the difference of the value and the mean over the versions."""
        if isinstance(group.setting, str):
            return float(group.setting)
        return self._asked(group) - float(np.mean(values)) if group.rows else 0.0

    def _asked(self, group: _Group) -> float:
        """Mean of the values that the versions are asked for, as far as any music has them."""
        asked = np.mean([self.faded[row].asked[group.fader] for row in group.rows])
        return float(np.clip(asked, *ATTRIBUTES[group.fader].bounds))

    def _edit(self, group: _Group, by: str, missed: str) -> ExactEdit:
        edited = (self.notes.changed | self.notes.replaced) & group.notes
        stay = self.line & np.isin(self.bar, group.bars) & ~group.notes
        held = f"{counted(int(stay.sum()), 'kept note')} stay" if stay.any() else ""
        reasons = "; ".join(filter(None, (missed, held)))
        return ExactEdit(group.fader, group.bars, group.setting, by, int(edited.sum()), reasons)

    def _means(self, groups: Sequence[_Group]) -> Float[np.ndarray, " group"]:
        return np.array([np.mean(values) for values in self._values(groups)])

    def _values(self, groups: Sequence[_Group]) -> list[list[float]]:
        """Fader of each group on each of its versions, as the song is now."""
        parts = self._parts()
        return [[ATTRIBUTES[group.fader](parts[row]) for row in group.rows] for group in groups]

    def _parts(self) -> list[Phrase]:
        """Bars of each version, as the song is now."""
        song = self._written()
        phrases, starts = (
            read_again(self.intake, song, polyphonic=self.polyphonic),
            self.intake.reading.start_bar,
        )
        return [
            bars_in_song(phrases[v.row], starts[v.row], v.bars, song, self.lines.tolist())
            for v in (each.version for each in self.faded)
        ]

    def _written(self) -> Song:
        """The song with its notes as they are now."""
        tracks, notes = list(self.song.tracks), self.notes
        for index in self.tracks:
            mine = notes.part == index
            if ((notes.changed | notes.replaced) & mine).any():
                onset = notes.onset[mine]
                tracks[index] = tracks[index].with_notes(
                    onset, notes.end[mine] - onset, notes.pitch[mine], notes.velocity[mine]
                )
        ends = [int(track.end_tick.max()) for track in tracks if len(track)]
        return replace(self.song, tracks=tuple(tracks), end_tick=max([self.song.end_tick, *ends]))

    def _measured_again(self) -> list[Faded]:
        song, parts = self._written(), self._parts()
        phrases = read_again(self.intake, song, polyphonic=self.polyphonic)
        faded = []
        for each, part, achieved in zip(self.faded, parts, measured(self.model, parts), strict=True):
            exact = each.version.exact
            if exact:
                stays = each.unchanged and all(each.before[name] == achieved[name] for name in exact)
                bounds = {name: ATTRIBUTES[name].bounds for name in exact}
                aimed = each.aimed | {n: float(np.clip(each.asked[n], *ends)) for n, ends in bounds.items()}
                phrase = phrases[each.version.row]
                each = replace(
                    each, phrase=phrase, notes=len(part), aimed=aimed, achieved=achieved, unchanged=stays
                )
            faded.append(each)
        return faded
