"""Timing of a drum track: how late it is played, and how far its pairs of notes swing."""

from math import inf

from symvae.attributes.attribute import attribute
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase
from symvae.music.swing import MOST_PLACE, find_swing
from symvae.music.triplet_bars import written_offset_step


@attribute(unit="ms", bounds=(-inf, inf), on_silence=0.0, source="symvae")
def laid_backness(phrase: Phrase) -> float:
    """Mean distance of the hits of a drum track from their places in milliseconds: late is positive.

    Places are sixteenths, in triplet bars thirds of a quarter.
    """
    if not phrase.is_drum:
        return 0.0
    late_step = phrase.offset_step - written_offset_step(phrase)
    return float(late_step.mean() * phrase.step_sec * 1000)


@attribute(
    unit="ratio",
    bounds=(1.0, MOST_PLACE / (1 - MOST_PLACE)),
    on_silence=1.0,
    source="Benadon 2006, Ethnomusicology 50(1): beat-upbeat ratio",
)
def swing_ratio(phrase: Phrase) -> float:
    """Length of the first of two notes in a pair over that of the second, in a drum track; 1 is straight.

    2 is the swing of triplets. Eighths are looked at first, then sixteenths; 1 where the pairs do not agree.
    """
    if not phrase.is_drum:
        return 1.0
    swing = find_swing((phrase.onset_step + phrase.offset_step) / STEPS_PER_QUARTER)
    return 1.0 if swing is None else swing.position / (1 - swing.position)
