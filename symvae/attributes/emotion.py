"""Attributes that carry emotion in music, with the direction that studies of listeners found.

Reviews: Gabrielsson and Lindström, "The role of structure in the musical expression of emotions", in Juslin
and Sloboda (eds.), Handbook of Music and Emotion, 2010; Eerola, Friberg and Bresin, "Emotional expression in
music: contribution, linearity, and additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.

The axes are those of Russell's circumplex ("A circumplex model of affect", 1980): arousal from calm to
excited, valence from negative to positive.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from symvae.attributes.table import measure
from symvae.music.phrase import Phrase

#: Direction of each attribute when arousal rises. Studies disagree on register, so it has none.
AROUSAL_SIGN = MappingProxyType(
    {
        "tempo": 1,
        "rhythm_density": 1,
        "notes_per_bar": 1,
        "mean_velocity": 1,
        "pitch_range": 1,
        "articulation": -1,
    }
)

#: Attributes that carry valence, all of them cues of the studies above; the tempo enters as its logarithm.
VALENCE_CUES = (
    "mode",
    "diatonic_share",
    "tempo",
    "rhythm_density",
    "note_density",
    "articulation",
    "register",
    "mean_velocity",
)


def valence_cues(phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase cue"]:
    """Measure `VALENCE_CUES` of each phrase."""
    columns = measure(phrases, VALENCE_CUES)
    columns["tempo"] = np.log(columns["tempo"])
    return np.stack(list(columns.values()), axis=1)
