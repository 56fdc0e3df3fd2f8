"""Tempo of the beat and of the notes. No other attribute depends on the tempo."""

from math import inf

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="quarter notes a minute", bounds=(0.0, inf), on_silence=None, source="symvae")
def tempo(phrase: Phrase) -> float:
    """Tempo of the phrase; silence has one, too."""
    return phrase.tempo_qpm


@attribute(unit="notes per second", bounds=(0.0, inf), on_silence=0.0, source="symvae")
def notes_per_second(phrase: Phrase) -> float:
    """Mean number of notes that start in a second, notes of chords included."""
    return len(phrase) / phrase.duration_sec
