"""Notes of a whole song on the grid of sixteenths, the input of metrics that compare two states of a song.

Onsets and ends are steps from the start of the song, rounded as the reader of windows rounds them; bars are
as the metre map has them. Drums have no pitches to compare and are left out.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.bars import bar_lines
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.melody_line import choose_track, skyline
from symvae.music.quantize import nearest_step
from symvae.music.song import Song


@dataclass(frozen=True, eq=False)
class SongNotes:
    """Pitched notes of a song, sorted by onset, then pitch."""

    onset_step: Int[np.ndarray, " note"]
    end_step: Int[np.ndarray, " note"]
    """First step after each note; every note lasts at least one."""
    pitch: Int[np.ndarray, " note"]
    part: Int[np.ndarray, " note"]
    """Track of each note, from 0."""
    line_step: Int[np.ndarray, " line"]
    """Every bar line."""

    def __len__(self) -> int:
        return len(self.pitch)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Onset, end, pitch and part of every note."""
        return self.onset_step, self.end_step, self.pitch, self.part

    @property
    def bar(self) -> Int[np.ndarray, " note"]:
        """Bar in which each note starts, from 0."""
        return np.searchsorted(self.line_step, self.onset_step, side="right") - 1

    def select(self, notes: Bool[np.ndarray, " note"]) -> "SongNotes":
        """Some of the notes, chosen by a mask."""
        onset, end, pitch, part = (column[notes] for column in self.columns)
        return SongNotes(onset, end, pitch, part, self.line_step)


def song_notes(song: Song) -> SongNotes:
    """Read the pitched notes of a song.

    Args:
        song: The song.

    Returns:
        Notes of all tracks but drums.
    """
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    line_step = nearest_step(np.array(bar_lines(song), np.int64) / step_tick)
    parts = [index for index, track in enumerate(song.tracks) if not track.is_drum]
    rows = [
        (track.onset_tick, track.end_tick, track.pitch, np.full(len(track), index))
        for index in parts
        for track in [song.tracks[index]]
    ]
    empty = (np.empty(0, np.int64),) * 4
    onset, end, pitch, part = (np.concatenate(column) for column in zip(empty, *rows, strict=True))
    onset, end = nearest_step(onset / step_tick), nearest_step(end / step_tick)
    order = np.lexsort((part, pitch, onset))
    end = np.maximum(end, onset + 1)
    return SongNotes(onset[order], end[order], pitch[order], part[order], line_step)


def melody_of(song: Song, notes: SongNotes) -> Bool[np.ndarray, " note"]:
    """Find the melody: the skyline of the track that is the song's melody (`symvae.music.melody_line`).

    Args:
        song: The song.
        notes: Its notes.

    Returns:
        True for notes of the melody.
    """
    chosen = choose_track(song)
    mask = np.zeros(len(notes), bool)
    if chosen is not None:
        rows = np.flatnonzero(notes.part == chosen.index)
        onset, end, pitch = (column[rows] for column in notes.columns[:3])
        mask[rows[skyline(onset, end - onset, pitch).kept]] = True
    return mask


def bass_of(notes: SongNotes) -> Bool[np.ndarray, " note"]:
    """Find the bass: notes at whose onset no lower note sounds.

    Args:
        notes: Notes of a song.

    Returns:
        True for notes of the bass.
    """
    lowest = lowest_sounding(notes)
    return notes.pitch <= lowest[notes.onset_step]


def lowest_sounding(notes: SongNotes) -> Int[np.ndarray, " step"]:
    """Lowest pitch that sounds at each step; 128 in silence."""
    lowest = np.full(int(notes.end_step.max(initial=0)) + 1, 128)
    for onset, end, pitch in zip(*(column.tolist() for column in notes.columns[:3]), strict=True):
        np.minimum(lowest[onset:end], pitch, out=lowest[onset:end])
    return lowest


def in_parts(notes: SongNotes, parts: Collection[int]) -> Bool[np.ndarray, " note"]:
    """True for notes of some tracks."""
    return np.isin(notes.part, list(parts))
