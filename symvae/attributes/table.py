"""Every attribute under its name, and the function that measures phrases by them.

To add one, write a function of a phrase in a file of its own, decorate it with `attribute`, and list it
here and in `symvae.tokens.attributes`. The tests then check its bounds and its value on silence.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from symvae.arguments import checked
from symvae.attributes.articulation import articulation
from symvae.attributes.attribute import Attribute, PartsAttribute
from symvae.attributes.bass import bass_kick_agreement, bass_on_chord
from symvae.attributes.cadence import cadence
from symvae.attributes.complexity import rhythmic_complexity
from symvae.attributes.contour import contour
from symvae.attributes.density import (
    note_density,
    notes_per_bar,
    onset_density,
    rest_share,
    rhythm_density,
)
from symvae.attributes.drum_density import DRUM_DENSITIES
from symvae.attributes.drum_syncopation import drum_syncopation
from symvae.attributes.dynamics import mean_velocity, velocity_range
from symvae.attributes.groove_timing import laid_backness, swing_ratio
from symvae.attributes.interval import mean_interval
from symvae.attributes.kick_snare import kick_snare_entropy
from symvae.attributes.mode import mode
from symvae.attributes.pitch import pitch_class_entropy, pitch_range, register
from symvae.attributes.repetition import bar_similarity, repeated_bar_share
from symvae.attributes.rhythm import syncopation_8th, syncopation_16th
from symvae.attributes.tempo import notes_per_second, tempo
from symvae.attributes.tonality import c_major_membership, diatonic_share
from symvae.errors import ConfigError
from symvae.music.arrangement import Arrangement
from symvae.music.io.source import Music, phrases_of
from symvae.music.windows import whole

_EVERY: tuple[Attribute, ...] = (
    notes_per_bar,
    onset_density,
    rhythm_density,
    note_density,
    rest_share,
    mean_interval,
    contour,
    pitch_range,
    register,
    pitch_class_entropy,
    c_major_membership,
    diatonic_share,
    mode,
    syncopation_8th,
    syncopation_16th,
    rhythmic_complexity,
    repeated_bar_share,
    bar_similarity,
    cadence,
    articulation,
    mean_velocity,
    tempo,
    notes_per_second,
    *DRUM_DENSITIES,
    drum_syncopation,
    kick_snare_entropy,
    velocity_range,
    laid_backness,
    swing_ratio,
    bass_on_chord,
    bass_kick_agreement,
)
ATTRIBUTES: dict[str, Attribute] = {each.name: each for each in _EVERY}
#: Those of several parts together.
PARTS_ATTRIBUTES = tuple(each.name for each in _EVERY if isinstance(each, PartsAttribute))


@checked
def measure(
    phrases: Music | Iterable[Music], names: Iterable[str] | None = None
) -> dict[str, Float[np.ndarray, " phrase"]]:
    """Measure attributes of phrases.

    Args:
        phrases: Phrases, or other music, whose melody is measured, a phrase for each stretch of one metre.
            Of an arrangement the melody is measured, but for attributes of several parts.
        names: Names of attributes, in order; None for all, of music without parts for all of single phrases.

    Returns:
        An array over the phrases for each name.

    Raises:
        ConfigError: A name is not in the table, or one of several parts is asked of music without parts.
    """
    phrases = phrases_of(phrases, lambda song: whole(song).phrases)
    alone = not any(isinstance(phrase, Arrangement) for phrase in phrases)
    if names is None:
        names = [name for name in ATTRIBUTES if not (alone and name in PARTS_ATTRIBUTES)]
    names = list(names)
    if (parts := [name for name in names if name in PARTS_ATTRIBUTES]) and alone and len(phrases):
        raise ConfigError(
            f"{', '.join(parts)} is measured on parts together, and this is read as single phrases. "
            "Give arrangements (symvae.music.arrangement.Arrangement), or choose attributes of one phrase."
        )
    unknown = [name for name in names if name not in ATTRIBUTES]
    if unknown:
        raise ConfigError(f"There is no attribute {', '.join(unknown)}. Known: {', '.join(ATTRIBUTES)}.")
    return {
        name: np.array([ATTRIBUTES[name](phrase) for phrase in phrases], dtype=np.float64) for name in names
    }
