"""Whole transpositions: all pitches by as many semitones, or by as many steps of one scale.

Semitones leave the key. Where other notes sound beside those that move, a transposition that is no octave
goes by steps of the scale, so that a fifth higher is four steps and each note stays in the key.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.attributes.key import Key
from symvae.music.exact_edits import in_scale
from symvae.music.pitch import MIDI_PITCHES

OCTAVE = 12
#: Semitones above the tonic.
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)


class Transposed(NamedTuple):
    """Pitches after a transposition."""

    pitch: Int[np.ndarray, " note"]
    by: str
    """The transposition in words."""
    missed: str
    """The rest that could not be met, in words; empty where all was."""


def transposed(pitch: Int[np.ndarray, " note"], semitones: float, key: Key | None) -> Transposed:
    """Transpose as nearly as possible by a number of semitones.

    A transposition that would leave the pitches of MIDI is made smaller by octaves.

    Args:
        pitch: MIDI note numbers.
        semitones: Change of the mean pitch.
        key: Key to stay in, except by octaves; None where all that sounds is transposed.

    Returns:
        The pitches, with words for a report.
    """
    whole = int(np.rint(semitones))
    if key is None or whole % OCTAVE == 0 or not len(pitch):
        pitches, by = _first_playable(whole, OCTAVE, lambda by: pitch + by)
        words = f"{by:+d} semitones"
    else:
        tones = sorted((key.tonic + tone) % OCTAVE for tone in (MINOR if key.minor else MAJOR))

        def moved(steps: int) -> Int[np.ndarray, " note"]:
            return in_scale(pitch, tones, steps)

        candidates = range(min(0, whole), max(0, whole) + 1)
        best = min(candidates, key=lambda steps: abs(float((moved(steps) - pitch).mean()) - semitones))
        pitches, by = _first_playable(best, len(tones), moved)
        words = f"{by:+d} steps of the scale of {key}"
    missed = ""
    if len(pitch) and abs(float((pitches - pitch).mean()) - semitones) > 0.05:
        missed = f"{semitones:+.4g} semitones are no whole transposition that fits"
    return Transposed(pitches, words, missed)


def _first_playable(
    by: int, octave: int, moved: Callable[[int], Int[np.ndarray, " note"]]
) -> tuple[Int[np.ndarray, " note"], int]:
    """The largest transposition, less whole octaves, that all notes of MIDI hold; at last none."""
    low, high = MIDI_PITCHES

    def smaller() -> Iterator[int]:
        yield from range(by, 0, -octave) if by > 0 else range(by, 0, octave)
        yield 0

    return next(
        (pitches, each)
        for each in smaller()
        for pitches in [moved(each)]
        if not len(pitches) or (pitches.min() >= low and pitches.max() <= high)
    )
