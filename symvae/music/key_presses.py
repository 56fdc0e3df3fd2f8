"""Key presses: the notes of a piece in the order of a player's hands, with the time since the note before.

Notes that start together follow each other from low to high with no time between them, as in Piano Genie
(Donahue, Simon and Dieleman 2019, arXiv 1810.05246, section 3).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.music.chords import Chords
from symvae.music.phrase import Phrase
from symvae.music.pitch import PIANO_PITCHES

LOWEST, NUM_KEYS = PIANO_PITCHES[0], PIANO_PITCHES[1] - PIANO_PITCHES[0] + 1
#: Times since the note before, in seconds, at which the next class begins.
_DELTA_EDGES_SEC = (0.015, 0.05, 0.08, 0.11, 0.14, 0.17, 0.2, 0.25, 0.3, 0.36, 0.44, 0.55, 0.7, 0.9, 1.2, 2.0)
NUM_DELTAS = len(_DELTA_EDGES_SEC) + 1
VELOCITY_CLASS, NUM_VELOCITIES = 16, 8
#: Keys: twelve major ones by tonic, then twelve minor ones.
NUM_TONALITIES = 24
#: A chord as bits, one for each pitch class; all of them for no chord.
ANY_CHORD = 2**12 - 1


class Presses(NamedTuple):
    """Notes of a piece in the order in which their keys are pressed."""

    pitch: Int[np.ndarray, " note"]
    """MIDI note number."""
    delta_sec: Float[np.ndarray, " note"]
    """Time since the note before; 0 for the first."""
    velocity: Int[np.ndarray, " note"]
    """1 to 127."""
    chord: Int[np.ndarray, " note"]
    """Bits of the tones of the chord at its onset."""


def presses_of(phrase: Phrase, chords: Chords | None = None) -> Presses:
    """List the presses of a phrase on the keys of a piano.

    Args:
        phrase: Notes of all voices.
        chords: Chords of the phrase; None where they are not known.

    Returns:
        One press for each note that a piano has.
    """
    phrase = phrase.select((phrase.pitch >= LOWEST) & (phrase.pitch < LOWEST + NUM_KEYS))
    delta_sec = np.diff(phrase.onset_step, prepend=phrase.onset_step[:1]) * phrase.step_sec
    chord = np.full(len(phrase), ANY_CHORD)
    if chords is not None:
        bits = (chords.tones() << np.arange(12)).sum(axis=1)
        chord = bits[phrase.onset_step // chords.span_step]
    return Presses(phrase.pitch, delta_sec, phrase.velocity, chord)


def delta_class(delta_sec: Float[np.ndarray, "*any"] | float) -> Int[np.ndarray, "*any"]:
    """Class of a time since the note before, from 0; one of 15 ms or less is none."""
    return np.asarray(np.searchsorted(_DELTA_EDGES_SEC, delta_sec, side="right"))


def velocity_class(velocity: Int[np.ndarray, "*any"] | int) -> Int[np.ndarray, "*any"]:
    """Class of a velocity, from 0 to 7."""
    return np.asarray(np.asarray(velocity) // VELOCITY_CLASS)
