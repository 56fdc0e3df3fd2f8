"""Dynamics: the velocities of the notes."""

from symvae.attributes.attribute import attribute
from symvae.music.phrase import Phrase

#: The middle of MIDI's velocities: silence is neither loud nor soft.
MIDDLE_VELOCITY = 64.0


@attribute(unit="MIDI velocity", bounds=(1.0, 127.0), on_silence=MIDDLE_VELOCITY, source="symvae")
def mean_velocity(phrase: Phrase) -> float:
    """Mean velocity of the notes, regardless of their durations; 64 for silence."""
    return float(phrase.velocity.mean())


@attribute(unit="MIDI velocity", bounds=(0.0, 126.0), on_silence=0.0, source="symvae")
def velocity_range(phrase: Phrase) -> float:
    """Velocity of the loudest hit of a drum track less that of the softest."""
    return float(phrase.velocity.max() - phrase.velocity.min()) if phrase.is_drum else 0.0
