"""Resolution: a song with more ticks per quarter note, for music that its ticks cannot hold.

A file of one tick a quarter has no place for a sixteenth: notes a sixteenth apart would fall on one tick. All
ticks are multiplied by the same whole number, so no time changes. Where the finer ticks turn out not to be
needed, the song goes back to its own.
"""

from collections.abc import Callable
from dataclasses import replace
from math import gcd
from typing import Any

import numpy as np

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
    return song if times == 1 else _scaled(song, ticks_per_quarter, lambda tick: tick * times)


def without_needless_ticks(song: Song, ticks_per_quarter: int) -> Song:
    """Lower the resolution of a song to one that it had before, if every time allows it exactly.

    Args:
        song: The song, in a multiple of that resolution.
        ticks_per_quarter: The lower resolution.

    Returns:
        The song in that resolution, or as it is.
    """
    times = song.ticks_per_quarter // ticks_per_quarter
    changes = [change.tick for each in (song.metres, song.tempos, song.chords) for change in each]
    ticks = [np.array([song.end_tick, *changes])]
    for track in song.tracks:
        ticks += [track.onset_tick, track.duration_tick, track.controls[:, 0], track.bends[:, 0]]
    if times == 1 or (np.concatenate(ticks) % times).any():
        return song
    return _scaled(song, ticks_per_quarter, lambda tick: tick // times)


def _scaled(song: Song, ticks_per_quarter: int, scale: Callable[[Any], Any]) -> Song:
    """The song with every tick, a number or an array, scaled."""

    def scaled_track(track: Track) -> Track:
        return replace(
            track,
            onset_tick=scale(track.onset_tick),
            duration_tick=scale(track.duration_tick),
            controls=np.column_stack([scale(track.controls[:, 0]), track.controls[:, 1:]]),
            bends=np.column_stack([scale(track.bends[:, 0]), track.bends[:, 1:]]),
        )

    return replace(
        song,
        ticks_per_quarter=ticks_per_quarter,
        metres=tuple(replace(change, tick=scale(change.tick)) for change in song.metres),
        tempos=tuple(replace(change, tick=scale(change.tick)) for change in song.tempos),
        chords=tuple(change._replace(tick=scale(change.tick)) for change in song.chords),
        tracks=tuple(scaled_track(track) for track in song.tracks),
        end_tick=scale(song.end_tick),
    )
