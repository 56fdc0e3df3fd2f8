"""A phrase and a song that several tests use."""

import numpy as np

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track

TUNE = Phrase(
    Grid.of_metre("6/8", 3),
    onset_step=np.array([0, 6, 8, 14]),
    duration_step=np.array([6, 2, 4, 4]),
    pitch=np.array([69, 72, 74, 76]),
    velocity=np.array([100, 80, 64, 1]),
    tempo_qpm=97.31,
)


def song_of(**changes) -> Song:
    """A song of one note, with some fields or columns replaced."""
    columns = {"onset_tick": [0], "duration_tick": [480], "pitch": [60], "velocity": [90]}
    columns |= {name: changes.pop(name) for name in list(changes) if name in columns}
    track = Track("melody", 0, False, *(np.array(column) for column in columns.values()))
    parts = {"ticks_per_quarter": 480, "metres": (MetreChange(0, 4, 4),), "tempos": (TempoChange(0, 120.0),)}
    return Song(**({**parts, "tracks": (track,), "end_tick": 0} | changes))
