"""How fast the phrase is: its beat, and its notes. Nothing else in the table hears the tempo."""

from math import inf

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase


@attribute(unit="quarter notes a minute", bounds=(0.0, inf), on_silence=None, source="symvae")
def tempo(phrase: Phrase) -> float:
    """The tempo that the phrase is at; silence has one too."""
    return phrase.tempo_qpm


@attribute(unit="notes per second", bounds=(0.0, inf), on_silence=0.0, source="symvae")
def notes_per_second(phrase: Phrase) -> float:
    """How many notes start in a second at the phrase's tempo, on average, those of a chord too."""
    return len(phrase) / phrase.duration_sec
