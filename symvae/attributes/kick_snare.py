"""Variety of the patterns of kick and snare."""

from math import inf

import numpy as np

from symvae.attributes.attribute import attribute
from symvae.music.drum_kit import DRUM_CLASSES, class_of
from symvae.music.phrase import Phrase

_NAMES = [each.name for each in DRUM_CLASSES]


@attribute(unit="bits", bounds=(0.0, inf), on_silence=0.0, source="symvae: Shannon entropy over beats")
def kick_snare_entropy(phrase: Phrase) -> float:
    """Entropy of the pattern that kick and snare play within a beat, over all beats of a drum track.

    0 where all beats have one pattern; 1 for a phrase that alternates between two, as kick and snare by
    turns.
    """
    if not phrase.is_drum:
        return 0.0
    per_beat = phrase.grid.steps_per_beat
    patterns = np.zeros((2, phrase.grid.num_steps), bool)
    for row, name in enumerate(("kick", "snare")):
        patterns[row, phrase.onset_step[class_of(phrase.pitch) == _NAMES.index(name)]] = True
    beats = patterns.reshape(2, -1, per_beat).transpose(1, 0, 2).reshape(-1, 2 * per_beat)
    _, count = np.unique(beats, axis=0, return_counts=True)
    share = count / count.sum()
    return float(max(0.0, -(share * np.log2(share)).sum()))
