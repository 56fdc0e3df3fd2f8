"""Accompaniment by rule: a bass line and drums for a melody, where a corpus has none.

    bass     the lowest line of a piano part, moved by octaves into the range of a bass; or the roots of given
             chords, struck anew at each kick of the drums and where the chord changes
    drums    a take of a drummer at about the tempo of the song, bar after bar, from its start when it ends

These are rules and no music of anybody: figures on them are reported apart from those of real songs.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.drum_kit import class_of
from symvae.music.grid import Grid
from symvae.music.melody_line import bass_line
from symvae.music.phrase import Phrase

#: Range into which a bass is moved by octaves: E1 to E3 on four strings.
BASS_RANGE = (28, 52)
#: Highest note of a piano part that can be its bass.
HIGHEST_OF_PIANO = 60
_KICK = 0


class ChordSpan(NamedTuple):
    """A chord from one beat to another."""

    start_step: int
    end_step: int
    root: int
    """Pitch class of the lowest tone of the chord."""


def bass_of_piano(piano: Phrase) -> Phrase:
    """The lowest line of a piano part, in the range of a bass."""
    low = piano.select(piano.pitch <= HIGHEST_OF_PIANO)
    line = bass_line(low.onset_step, low.duration_step, low.pitch)
    pitch = _into_range(low.pitch[line.kept])
    return low.with_notes(low.onset_step[line.kept], line.duration_step, pitch, low.velocity[line.kept])


def bass_of_chords(chords: list[ChordSpan], drums: Phrase, grid: Grid, tempo_qpm: float) -> Phrase:
    """The roots of chords, at their starts and at the kicks within them.

    Args:
        chords: Chords in the order of time.
        drums: Drum track on the grid.
        grid: Grid of the song.
        tempo_qpm: Quarter notes a minute.

    Returns:
        The bass line; each note lasts until the next, at most two beats.
    """
    kicks = np.unique(drums.onset_step[class_of(drums.pitch) == _KICK])
    onset: list[int] = []
    pitch: list[int] = []
    ends: list[int] = []
    for chord in chords:
        end = min(chord.end_step, grid.num_steps)
        inside = kicks[(kicks > chord.start_step) & (kicks < end)].tolist()
        starts = [chord.start_step, *inside] if chord.start_step < end else []
        onset += starts
        pitch += [int(_into_range(np.array([chord.root + 24]))[0])] * len(starts)
        ends += [*starts[1:], end] if starts else []
    duration = np.minimum(np.array(ends, np.int64) - np.array(onset, np.int64), 8)
    return Phrase(grid, np.array(onset, np.int64), duration, np.array(pitch, np.int64), tempo_qpm=tempo_qpm)


def drums_of_take(take: Phrase, grid: Grid, tempo_qpm: float, first_bar: int = 0) -> Phrase:
    """A take bar after bar over a whole grid, from its first bar again when it ends.

    Args:
        take: Whole bars of a drummer.
        grid: Grid of the song, in the same metre.
        tempo_qpm: Quarter notes a minute.
        first_bar: Bar of the song on which the take begins; before it there are no drums.

    Returns:
        The drum track.
    """
    length = take.grid.num_steps
    shifts = np.arange(first_bar * grid.steps_per_bar, grid.num_steps, length)
    onset = (take.onset_step + shifts[:, None]).ravel()
    inside = onset < grid.num_steps
    pitch, velocity = (np.tile(column, len(shifts))[inside] for column in (take.pitch, take.velocity))
    onset = onset[inside]
    return Phrase(grid, onset, np.ones(len(onset), np.int64), pitch, velocity, tempo_qpm, is_drum=True)


def _into_range(pitch: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Move pitches by octaves into `BASS_RANGE`."""
    low, high = BASS_RANGE
    up = np.maximum(0, -(-(low - pitch) // 12))
    down = np.maximum(0, -(-(pitch - high) // 12))
    return pitch + 12 * up - 12 * down
