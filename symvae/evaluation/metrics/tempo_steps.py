"""Tempo steps: changes of tempo that an edit adds to a song.

What counts is the ratio of the tempos after and before: an edit that makes a whole song a tenth faster keeps
its ritardandi, and adds no step.
"""

from typing import NamedTuple

import numpy as np

from symvae.music.song import Song

#: Smallest relative change that counts as a step; tempos of MIDI are finer.
LEAST_STEP = 1e-3


class TempoSteps(NamedTuple):
    """Tempo changes that an edit adds."""

    changes: int
    """Changes of the ratio of tempos after and before, of .1 % or more."""
    largest_step: float
    """Largest of them, as a share of the tempo: .02 is two per cent up or down; 0 without any."""


def tempo_steps(before: Song, after: Song) -> TempoSteps:
    """Compare the tempo maps of a song before and after an edit.

    Args:
        before: The song.
        after: The edited song.

    Returns:
        The changes that the edit adds.
    """
    quarters = np.union1d(*(_quarters(song) for song in (before, after)))
    old, new = (_at(song, quarters) for song in (before, after))
    steps = np.abs(np.diff(np.log(new / old)))
    return TempoSteps(int(np.count_nonzero(steps >= LEAST_STEP)), float(np.expm1(steps.max(initial=0.0))))


def _quarters(song: Song) -> np.ndarray:
    ticks = np.array([change.tick for change in song.tempos if change.tick < max(song.end_tick, 1)])
    return ticks / song.ticks_per_quarter


def _at(song: Song, quarters: np.ndarray) -> np.ndarray:
    return song.tempo_qpm_of(np.rint(quarters * song.ticks_per_quarter).astype(np.int64))
