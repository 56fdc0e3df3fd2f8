"""Texture of a phrase: its melody, what sounds at each step, and the chord at each step.

The melody is the skyline (`symvae.music.melody_line`) without the low notes that fill its rests: those at
least an octave below a note of the skyline that starts within half a bar. All other notes are accompaniment.
The chord at a step is what the accompaniment sounds in its beat, or, where that is fewer than two pitch
classes, in its half of the bar, or in its bar. Without an accompaniment it is what the melody sounds there.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.melody_line import skyline
from symvae.music.phrase import Phrase

PITCHES = 128
#: Semitones below the melody near it at which a note is accompaniment.
APART = 12
#: Semitones between two notes that clash.
CLASHES = (1, 13)


@dataclass(frozen=True, eq=False)
class Texture:
    """Tables of a phrase, by step and pitch."""

    melody: Bool[np.ndarray, " note"]
    """True for notes of the melody."""
    sounds: Bool[np.ndarray, "step 128"]
    """True where a pitch sounds. There is one silent step more than the grid has."""
    top: Int[np.ndarray, " step"]
    """Pitch of the melody that sounds, 128 where none does."""


def texture_of(phrase: Phrase) -> Texture:
    """Describe the texture of a phrase.

    Args:
        phrase: The phrase.

    Returns:
        Its melody and the tables.
    """
    melody = np.zeros(len(phrase), bool)
    rows = skyline(phrase.onset_step, phrase.duration_step, phrase.pitch).kept
    onset, pitch = phrase.onset_step[rows], phrase.pitch[rows]
    near = abs(onset[:, None] - onset) <= phrase.grid.steps_per_bar // 2
    highest = np.where(near, pitch, 0).max(axis=1, initial=0)
    melody[rows[pitch > highest - APART]] = True
    top = np.full(phrase.grid.num_steps + 1, PITCHES)
    spans = zip(phrase.onset_step.tolist(), phrase.end_step.tolist(), phrase.pitch.tolist(), strict=True)
    for (onset, end, pitch), is_melody in zip(spans, melody.tolist(), strict=True):
        if is_melody:
            top[onset:end] = pitch
    return Texture(melody, sounding(phrase), top)


def sounding(phrase: Phrase) -> Bool[np.ndarray, "step 128"]:
    """Table of what sounds, by step and pitch; one silent step more than the grid has."""
    table = np.zeros((phrase.grid.num_steps + 1, PITCHES), bool)
    for onset, end, pitch in zip(
        phrase.onset_step.tolist(), phrase.end_step.tolist(), phrase.pitch.tolist(), strict=True
    ):
        table[onset:end, pitch] = True
    return table


def chords(phrase: Phrase, melody: Bool[np.ndarray, " note"]) -> Bool[np.ndarray, "step 12"]:
    """Pitch classes of the chord at each step.

    Args:
        phrase: The phrase.
        melody: True for notes of its melody.

    Returns:
        True for the tones of the chord; a row without any where the bar is silent.
    """
    grid = phrase.grid
    spans = (grid.steps_per_beat, grid.steps_per_bar // 2, grid.steps_per_bar)
    chord = np.zeros((grid.num_steps, 12), bool)
    for part in (phrase.select(~melody), phrase):
        classes = np.zeros((grid.num_steps, 12), bool)
        step, pitch = np.nonzero(sounding(part)[:-1])
        classes[step, pitch % 12] = True
        for length in spans:
            within = classes.reshape(-1, length, 12).any(axis=1).repeat(length, axis=0)
            thin = chord.sum(axis=1) < 2
            chord[thin] |= within[thin]
    return chord


def clashes(
    pitches: Int[np.ndarray, " pitch"], sounds: Bool[np.ndarray, " 128"]
) -> Bool[np.ndarray, " pitch"]:
    """True for pitches a semitone or a minor ninth from one that sounds."""
    padded = np.pad(sounds, 13)
    at = pitches + 13
    return padded[at - 1] | padded[at + 1] | padded[at - 13] | padded[at + 13]


def meets_clash(pitch: int, sounds: Bool[np.ndarray, "step 128"]) -> bool:
    """True if a pitch would clash with another one that sounds at any of some steps."""
    return bool(clashes(np.array([pitch]), np.logical_or.reduce(sounds, axis=0))[0])
