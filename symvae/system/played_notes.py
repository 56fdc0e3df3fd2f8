"""Notes that a genie has played, and the song that they make."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symvae.music.io.midi_write import TICKS_PER_QUARTER
from symvae.music.song import MetreChange, Song, TempoChange, Track


@dataclass(slots=True)
class PlayedNote:
    """A note of a session."""

    button: int
    """1 to 8."""
    pitch: int
    velocity: int
    start_sec: float
    end_sec: float | None = None
    """None while it sounds."""


def song_of(played: Sequence[PlayedNote], last_sec: float, tempo_qpm: float, name: str) -> Song:
    """Write played notes down as a song.

    Args:
        played: The notes.
        last_sec: End of those that still sound.
        tempo_qpm: Tempo of the song.
        name: Name of its track.

    Returns:
        One track of a piano, in 4/4.
    """
    ticks = TICKS_PER_QUARTER * tempo_qpm / 60
    rows = np.array(
        [(n.start_sec, last_sec if n.end_sec is None else n.end_sec, n.pitch, n.velocity) for n in played]
    ).reshape(-1, 4)
    onset, end = (np.rint(rows[:, column] * ticks).astype(np.int64) for column in (0, 1))
    duration = np.maximum(end - onset, 1)
    pitch, velocity = rows[:, 2].astype(np.int64), rows[:, 3].astype(np.int64)
    track = Track(name, 0, False, onset, duration, pitch, velocity)
    end_tick = int((onset + duration).max()) if len(onset) else 0
    metres, tempos = (MetreChange(0, 4, 4),), (TempoChange(0, tempo_qpm),)
    return Song(TICKS_PER_QUARTER, metres, tempos, (track,), end_tick, name)
