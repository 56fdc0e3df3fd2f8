"""The nine drum classes, and the kit that a song plays them on.

The classes are the reduced ones of MusicVAE's and GrooVAE's code (Roberts et al. 2018, arXiv 1803.05428;
Gillick et al. 2019, arXiv 1905.06118): kick, snare, closed and open hi-hat, three toms, crash and ride.
Every pitch of a drum track from 22 to 87 belongs to one of them: those of General MIDI, its percussion
included, and those that Roland's kits add (22 and 26 hi-hat edges, 40 snare rim, 58 rim of the floor tom).
Two departures from that code: 58 is a tom, as on the kit, and no crash, and 23 to 25, which it leaves out,
are snares.

A class is one voice: of two hits of a class in a cell, a flam or two crash cymbals, the louder one stands
for both (`one_hit_a_cell`). A cell is a sixteenth, in a triplet bar a third of a quarter
(`symvae.music.triplet_bars`). Ids carry no more than classes, so music that is decoded is played again on the
kit of the phrase that it came from (`on_kit`).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Int64

from symvae.music.phrase import DEFAULT_VELOCITY, Phrase
from symvae.music.triplet_bars import place_of


class DrumClass(NamedTuple):
    """A piece of the kit."""

    name: str
    pitches: tuple[int, ...]
    """MIDI note numbers of a drum track that belong to it; the first stands for all."""


DRUM_CLASSES = (
    DrumClass("kick", (36, 35)),
    DrumClass("snare", (38, 23, 24, 25, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85)),
    DrumClass("closed_hihat", (42, 22, 44, 54, 68, 69, 70, 71, 73, 78, 80)),
    DrumClass("open_hihat", (46, 26, 67, 72, 74, 79, 81)),
    DrumClass("low_tom", (45, 29, 41, 43, 58, 61, 64, 84)),
    DrumClass("mid_tom", (48, 47, 60, 63, 77, 86, 87)),
    DrumClass("high_tom", (50, 30, 62, 76, 83)),
    DrumClass("crash", (49, 52, 55, 57)),
    DrumClass("ride", (51, 53, 59, 82)),
)
NUM_CLASSES = len(DRUM_CLASSES)
#: Lowest and highest pitch that belongs to a class; so do all between.
DRUM_PITCHES = (22, 87)
#: The pitch that stands for each class.
CLASS_PITCHES = np.array([each.pitches[0] for each in DRUM_CLASSES])
_CLASS_OF = np.full(128, -1)
for _number, _class in enumerate(DRUM_CLASSES):
    _CLASS_OF[list(_class.pitches)] = _number


def class_of(pitch: Int[np.ndarray, " note"]) -> Int64[np.ndarray, " note"]:
    """Class of each pitch, from 0 for the kick to 8 for the ride; -1 for one of no class."""
    return _CLASS_OF[pitch]


def one_hit_a_cell(phrase: Phrase) -> Bool[np.ndarray, " note"]:
    """Mask that keeps the loudest hit of each class in a cell, and drops hits of no class."""
    keep = np.flatnonzero(class_of(phrase.pitch) >= 0)
    while True:
        kept = phrase.select(keep)
        cell = cells_of(kept)
        order = np.lexsort((-kept.velocity, cell))
        first = np.ones(len(keep), bool)
        first[1:] = cell[order][1:] != cell[order][:-1]
        if first.all():
            break
        keep = np.sort(keep[order[first]])  # a bar that loses hits may be of the other grid
    mask = np.zeros(len(phrase), bool)
    mask[keep] = True
    return mask


def cells_of(phrase: Phrase) -> Int64[np.ndarray, " note"]:
    """Cell and class of each hit as one number, ``place * 9 + class``; below 0 for hits of no class."""
    drum_class = class_of(phrase.pitch)
    return np.where(drum_class >= 0, place_of(phrase) * NUM_CLASSES + drum_class, -1 - phrase.pitch)


class Kit(NamedTuple):
    """Pitch, velocity and length that a phrase has for each class."""

    pitch: Int64[np.ndarray, " drum_class"]
    velocity: Int64[np.ndarray, " drum_class"]
    duration_step: Int64[np.ndarray, " drum_class"]


def kit_of(phrase: Phrase) -> Kit:
    """Kit of a phrase: the most frequent pitch of each class, its median velocity and duration.

    A class without hits has its own first pitch, the median velocity of the phrase and one step.
    """
    pitch = CLASS_PITCHES.copy()
    loudness = int(np.median(phrase.velocity)) if len(phrase) else DEFAULT_VELOCITY
    velocity, duration = np.full(NUM_CLASSES, loudness), np.ones(NUM_CLASSES, np.int64)
    played = class_of(phrase.pitch)
    for number in np.unique(played[played >= 0]).tolist():
        hits = played == number
        pitch[number] = np.bincount(phrase.pitch[hits]).argmax()
        velocity[number] = int(np.median(phrase.velocity[hits]))
        duration[number] = int(np.median(phrase.duration_step[hits]))
    return Kit(pitch, velocity, duration)


def on_kit(phrase: Phrase, source: Phrase) -> Phrase:
    """Play a phrase on the kit of another one.

    A hit that the source has, of that class in that cell, is the source's own: its pitch, velocity, length
    and timing, and the second hits of the cell with it. All others take what the source's kit has for their
    class, and fall on the grid.

    Args:
        phrase: A phrase that was decoded.
        source: The phrase that it came from.

    Returns:
        The phrase, with the source's pitches.
    """
    cells, known_cells = cells_of(phrase), cells_of(source)
    own = source.select(np.isin(known_cells, cells) & (known_cells >= 0))
    new = phrase.select(~np.isin(cells, known_cells) | (cells < 0))
    kit, played = kit_of(source), class_of(new.pitch)
    known = played >= 0
    pitch, velocity, duration = new.pitch.copy(), new.velocity.copy(), new.duration_step.copy()
    pitch[known], velocity[known] = kit.pitch[played[known]], kit.velocity[played[known]]
    duration[known] = kit.duration_step[played[known]]
    duration = np.minimum(duration, phrase.grid.num_steps - new.onset_step)
    columns = zip(
        (*own.columns, own.offset_step),
        (new.onset_step, duration, pitch, velocity, new.offset_step),
        strict=True,
    )
    return phrase.with_notes(*(np.concatenate(column) for column in columns)).without_overlaps()
