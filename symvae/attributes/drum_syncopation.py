"""Syncopation of a drum track, across its instruments.

Witek et al. 2014 ("Syncopation, Body-Movement and Pleasure in Groove Music", PLoS ONE 9(4): e94446): a kick
or a snare on a weak position is a syncopation if another instrument is hit next, on a position that is as
strong or stronger. Its degree is the difference of the metrical weights, plus a weight of the instruments:

    kick, then snare (with or without cymbals)    2
    snare, then kick (with or without cymbals)    1
    kick or snare, then cymbals alone             5

Metrical weights in 4/4 are 0 on the first beat, -1 on the others, -2 on the eighths and -3 on the
sixteenths between them; other metres have those of their own levels. Toms count as snares; hi-hats, crash
and ride are cymbals.

As in Bruford's GrooveToolbox, the next hit is looked for within four steps, and a drum that is hit again
within two does not syncopate. Where we depart: a phrase of any number of bars is a loop, and the sum is
divided by its bars. A rest of all instruments counts nothing.
"""

from math import inf

import numpy as np
from jaxtyping import Bool, Int64

from symvae.attributes.attribute import attribute
from symvae.music.drum_kit import DRUM_CLASSES, class_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

_STREAM = {"kick": 0, "snare": 1, "low_tom": 1, "mid_tom": 1, "high_tom": 1}
_STREAM_OF = np.array([_STREAM.get(each.name, 2) for each in DRUM_CLASSES])
_CYMBALS_ALONE = 5
#: Weight of a hit of the other drum after a kick, and after a snare.
_OTHER_DRUM = (2, 1)
_FARTHEST_STEP = 4
_AGAIN_STEP = 2


@attribute(
    unit="degrees per bar",
    bounds=(0.0, inf),
    on_silence=0.0,
    source="Witek et al. 2014, PLoS ONE 9(4): e94446: index of syncopation",
)
def drum_syncopation(phrase: Phrase) -> float:
    """Sum of the degrees of all syncopations between kick, snare and cymbals, per bar."""
    if not phrase.is_drum:
        return 0.0
    streams, weight = _streams(phrase), _weights(phrase.grid)
    total = 0
    for drum in (0, 1):
        for step in np.flatnonzero(streams[drum]).tolist():
            total += _degree(streams, weight, drum, step)
    return total / phrase.grid.bars


def _degree(
    streams: Bool[np.ndarray, "stream step"], weight: Int64[np.ndarray, " step"], drum: int, step: int
) -> int:
    """Degree of the syncopation that a hit of the kick (0) or the snare (1) starts; 0 for none."""
    count = streams.shape[1]
    later = [(step + ahead) % count for ahead in range(1, _FARTHEST_STEP + 1)]
    if streams[drum, later[:_AGAIN_STEP]].any():
        return 0
    for then in later:
        if streams[1 - drum, then] or streams[2, then]:
            difference = int(weight[then] - weight[step])
            of_instruments = _OTHER_DRUM[drum] if streams[1 - drum, then] else _CYMBALS_ALONE
            return difference + of_instruments if difference >= 0 else 0
    return 0


def _streams(phrase: Phrase) -> Bool[np.ndarray, "stream step"]:
    """Mask of the steps at which kick, snare and cymbals are hit."""
    streams = np.zeros((3, phrase.grid.num_steps), bool)
    played = class_of(phrase.pitch)
    known = played >= 0
    streams[_STREAM_OF[played[known]], phrase.onset_step[known]] = True
    return streams


def _weights(grid: Grid) -> Int64[np.ndarray, " step"]:
    """Metrical weight of each step: 0 on the first of a bar, lower on weaker ones."""
    step = np.arange(grid.num_steps)
    levels = (1, 2, grid.steps_per_beat, grid.steps_per_bar)
    return np.sum([step % level == 0 for level in levels], axis=0) - len(levels)
