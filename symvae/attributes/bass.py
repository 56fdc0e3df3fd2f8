"""Attributes of a bass among other parts: agreement with the chords, and with the kick."""

import numpy as np

from symvae.attributes.attribute import parts_attribute
from symvae.music.arrangement import BASS, DRUMS, Arrangement
from symvae.music.chords import chords_of
from symvae.music.drum_kit import class_of
from symvae.music.harmonize import chord_tone_share

_KICK = 0


@parts_attribute(
    parts=(BASS,),
    unit="share of notes",
    bounds=(0.0, 1.0),
    on_silence=1.0,
    source="symvae; chords after Fujishima 1999",
)
def bass_on_chord(arrangement: Arrangement) -> float:
    """Share of the notes of the bass that are tones of the chord of their half bar.

    Chords are estimated from all pitched parts (`symvae.music.chords`).
    """
    return chord_tone_share(arrangement.parts[BASS], chords_of(arrangement.pitched))


@parts_attribute(parts=(BASS, DRUMS), unit="share", bounds=(0.0, 1.0), on_silence=0.0, source="symvae")
def bass_kick_agreement(arrangement: Arrangement) -> float:
    """Agreement of bass and kick: 1 if they always strike together.

    The share of the bass notes that start on a step on which the kick is hit, and of the kicks on whose step
    a bass note starts, as one number: their harmonic mean.
    """
    bass, drums = arrangement.parts[BASS], arrangement.parts[DRUMS]
    kick = np.unique(drums.onset_step[class_of(drums.pitch) == _KICK])
    onsets = np.unique(bass.onset_step)
    together = len(np.intersect1d(kick, onsets))
    return 2 * together / (len(kick) + len(onsets)) if len(kick) and len(onsets) else 0.0
