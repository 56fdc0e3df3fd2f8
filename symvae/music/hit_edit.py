"""Hits of a song moved and struck as a phrase of them is: the song's own notes, in their own tracks.

Only the difference of the phrases is applied: a note moves by what its hit moves, and its velocity changes by
what the velocity of its hit changes. Notes that share a cell of the grid, as the strokes of a flam, move
together. All else of the song stays.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.collisions import without_collisions
from symvae.music.drum_kit import NUM_CLASSES, class_of
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import OFFSETS_PER_STEP, Phrase
from symvae.music.quantize import nearest_step
from symvae.music.resolution import with_resolution, without_needless_ticks
from symvae.music.song import Song, Track
from symvae.music.step_cells import step_cells_of

#: Least resolution in which offsets are written.
TICKS_PER_QUARTER = OFFSETS_PER_STEP * STEPS_PER_QUARTER


class HitEdit(NamedTuple):
    """Hits of a phrase before and after an edit of their touch."""

    before: Phrase
    after: Phrase
    at_tick: float
    """Tick of the first step in the song."""


class Replayed(NamedTuple):
    """A song with other timing and dynamics."""

    song: Song
    num_moved: int
    """Notes with another onset."""
    num_struck: int
    """Notes with another velocity."""
    num_kept: int
    """Notes of the tracks that are as they were."""


def replay(song: Song, tracks: Sequence[int], edits: Sequence[HitEdit]) -> Replayed:
    """Apply the difference of phrases to the notes that they were read from.

    Args:
        song: The song.
        tracks: Numbers of the tracks that were read.
        edits: Phrases before and after; they do not overlap.

    Returns:
        The song, in finer ticks where its own cannot hold the onsets.
    """
    times = max(1, ceil(TICKS_PER_QUARTER / song.ticks_per_quarter))
    fine = with_resolution(song, song.ticks_per_quarter * times)
    after, moved, struck = list(fine.tracks), 0, 0
    for number in tracks:
        track = fine.tracks[number]
        onset, velocity = _edited(track, edits, times, fine.ticks_per_quarter / STEPS_PER_QUARTER)
        is_new = onset != track.onset_tick
        moved, struck = moved + int(is_new.sum()), struck + int((velocity != track.velocity).sum())
        if not is_new.any() and (velocity == track.velocity).all():
            continue
        onset = apart(onset, track.pitch, is_new)
        end = without_collisions(onset, onset + track.duration_tick, track.pitch, is_new, is_new)
        after[number] = track.with_notes(onset, end - onset, track.pitch, velocity)
    notes = sum(len(song.tracks[number]) for number in tracks)
    if not moved and not struck:
        return Replayed(song, 0, 0, notes)
    ends = [int(track.end_tick.max()) for track in after if len(track)]
    new = replace(fine, tracks=tuple(after), end_tick=max([fine.end_tick, *ends]))
    kept = notes - sum(_changed(fine.tracks[number], after[number]) for number in tracks)
    return Replayed(without_needless_ticks(new, song.ticks_per_quarter), moved, struck, kept)


def _edited(
    track: Track, edits: Sequence[HitEdit], times: int, step_tick: float
) -> tuple[Int[np.ndarray, " note"], Int[np.ndarray, " note"]]:
    """Onsets and velocities of the notes of a track."""
    onset, velocity = track.onset_tick.copy(), track.velocity.copy()
    drum = class_of(track.pitch)
    for before, after, at_tick in edits:
        step = nearest_step((track.onset_tick - at_tick * times) / step_tick)
        inside = (step >= 0) & (step < before.grid.num_steps) & (drum >= 0)
        cells = np.full((2, before.grid.num_steps * NUM_CLASSES), 0.0)
        where = step_cells_of(before)
        known = where >= 0
        cells[0, where[known]] = (after.offset_step - before.offset_step)[known]
        cells[1, where[known]] = (after.velocity - before.velocity)[known]
        cell = step[inside] * NUM_CLASSES + drum[inside]
        onset[inside] += np.rint(cells[0, cell] * step_tick).astype(np.int64)
        velocity[inside] += cells[1, cell].astype(np.int64)
    return np.maximum(onset, 0), np.clip(velocity, 1, 127)


def apart(
    onset: Int[np.ndarray, " note"], pitch: Int[np.ndarray, " note"], is_new: Bool[np.ndarray, " note"]
) -> Int[np.ndarray, " note"]:
    """Put a tick between two onsets of one pitch that a move has brought together.

    Args:
        onset: Start of each note, in ticks.
        pitch: MIDI note numbers.
        is_new: Notes that have moved.

    Returns:
        The onsets.
    """
    onset = onset.copy()
    for each in np.unique(pitch[is_new]):
        rows = np.flatnonzero(pitch == each)
        rows = rows[np.argsort(onset[rows], kind="stable")]
        for before, row in pairwise(rows):
            if onset[row] <= onset[before] and (is_new[row] or is_new[before]):
                onset[row] = onset[before] + 1
    return onset


def _changed(before: Track, after: Track) -> int:
    """Number of notes of a track that have no equal in the other one."""
    rows = [
        set(zip(*(column.tolist() for column in track.columns), strict=True)) for track in (before, after)
    ]
    return len(rows[1] - rows[0])
