"""Resolution: a song with more ticks per quarter note, for music that its ticks cannot hold.

A file of one tick a quarter has no place for a sixteenth: notes a sixteenth apart would fall on one tick. All
ticks are multiplied by the same whole number, so no time changes.
"""

from dataclasses import replace
from math import gcd

import numpy as np
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.song import Song, Track


def with_whole_steps(song: Song) -> Song:
    """The song at the lowest multiple of its resolution in which a sixteenth is a whole number of ticks."""
    times = STEPS_PER_QUARTER // gcd(song.ticks_per_quarter, STEPS_PER_QUARTER)
    return with_resolution(song, song.ticks_per_quarter * times)


def with_resolution(song: Song, ticks_per_quarter: int) -> Song:
    """Raise the resolution of a song.

    Raises:
        MidiError: The new resolution is no multiple of the song's own.
    """
    times, rest = divmod(ticks_per_quarter, song.ticks_per_quarter)
    if rest or times < 1:
        raise MidiError(
            f"{ticks_per_quarter} ticks per quarter note are no multiple of the song's "
            f"{song.ticks_per_quarter}. Choose a multiple, so that every note keeps its exact time."
        )
    if times == 1:
        return song
    return replace(
        song,
        ticks_per_quarter=ticks_per_quarter,
        metres=tuple(replace(change, tick=change.tick * times) for change in song.metres),
        tempos=tuple(replace(change, tick=change.tick * times) for change in song.tempos),
        tracks=tuple(_scaled(track, times) for track in song.tracks),
        end_tick=song.end_tick * times,
    )


def _scaled(track: Track, times: int) -> Track:
    return replace(
        track,
        onset_tick=track.onset_tick * times,
        duration_tick=track.duration_tick * times,
        controls=_later(track.controls, times),
        bends=_later(track.bends, times),
    )


def _later(events: Int[np.ndarray, "event column"], times: int) -> Int[np.ndarray, "event column"]:
    """Events, of which the first column is the tick, in the finer ticks."""
    return np.column_stack([events[:, 0] * times, events[:, 1:]])
