"""Cadence: an end on a long tonic."""

from symvae.attributes.attribute import attribute
from symvae.attributes.key import key_correlation, keys_of_tonic
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.phrase import Phrase

#: Correlations that differ by less are equal: keys tie where notes are symmetric.
_EQUAL = 1e-9


@attribute(
    unit="share",
    bounds=(0.0, 1.0),
    on_silence=0.0,
    source="symvae, with the key finding of Krumhansl and Schmuckler (Krumhansl 1990)",
)
def cadence(phrase: Phrase) -> float:
    """1 if the last note is the tonic and lasts a quarter note or longer, else 0; a mean is a share.

    Of a chord the top note counts. The tonic is that of the key that fits the whole phrase best.
    """
    if phrase.duration_step[-1] < STEPS_PER_QUARTER:
        return 0.0
    correlation = key_correlation(phrase)
    of_last = correlation[keys_of_tonic(int(phrase.pitch[-1] % 12))].max()
    return float(of_last >= correlation.max() - _EQUAL)
