"""Attributes that carry emotion in music, with the direction that studies of listeners found.

Reviews: Gabrielsson and Lindström, "The role of structure in the musical expression of emotions", in Juslin
and Sloboda (eds.), Handbook of Music and Emotion, 2010; Eerola, Friberg and Bresin, "Emotional expression in
music: contribution, linearity, and additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.

The axes are those of Russell's circumplex ("A circumplex model of affect", 1980): arousal from calm to
excited, valence from negative to positive.
"""

from types import MappingProxyType

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
