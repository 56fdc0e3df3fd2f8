"""Densities of a drum track: all hits, and the hits of each part of the kit.

A hit is a class of `symvae.music.drum_kit` in a cell of the grid; two strokes of a flam are one. The
densities of the parts add up to the density of all. They are 0 for a phrase that is no drum track.
"""

from math import inf

import numpy as np

from symvae.attributes.attribute import NoteAttribute, attribute
from symvae.music.drum_kit import DRUM_CLASSES, cells_of, class_of
from symvae.music.phrase import Phrase

_NAMES = [each.name for each in DRUM_CLASSES]


def _density(phrase: Phrase, *names: str) -> float:
    if not phrase.is_drum:
        return 0.0
    wanted = [_NAMES.index(name) for name in names or _NAMES]
    cells = np.unique(cells_of(phrase)[np.isin(class_of(phrase.pitch), wanted)])
    return len(cells) / phrase.grid.bars


_per_bar = attribute(unit="hits per bar", bounds=(0.0, inf), on_silence=0.0, source="symvae")


@_per_bar
def drum_density(phrase: Phrase) -> float:
    """Mean number of hits in a bar of a drum track."""
    return _density(phrase)


@_per_bar
def kick_density(phrase: Phrase) -> float:
    """Mean number of kicks in a bar."""
    return _density(phrase, "kick")


@_per_bar
def snare_density(phrase: Phrase) -> float:
    """Mean number of hits of snare, rim, clap and their like in a bar."""
    return _density(phrase, "snare")


@_per_bar
def hihat_density(phrase: Phrase) -> float:
    """Mean number of hits of the closed hi-hat in a bar."""
    return _density(phrase, "closed_hihat")


@_per_bar
def open_hihat_density(phrase: Phrase) -> float:
    """Mean number of hits of the open hi-hat in a bar."""
    return _density(phrase, "open_hihat")


@_per_bar
def tom_density(phrase: Phrase) -> float:
    """Mean number of hits of all toms in a bar."""
    return _density(phrase, "low_tom", "mid_tom", "high_tom")


@_per_bar
def crash_density(phrase: Phrase) -> float:
    """Mean number of hits of crash cymbals in a bar."""
    return _density(phrase, "crash")


@_per_bar
def ride_density(phrase: Phrase) -> float:
    """Mean number of hits of the ride cymbal in a bar."""
    return _density(phrase, "ride")


DRUM_DENSITIES: tuple[NoteAttribute, ...] = (
    drum_density,
    kick_density,
    snare_density,
    hihat_density,
    open_hihat_density,
    tom_density,
    crash_density,
    ride_density,
)
