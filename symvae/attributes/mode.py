"""Mode: major or minor."""

from symvae.attributes.attribute import attribute
from symvae.attributes.key import key_correlation
from symvae.music.phrase import Phrase


@attribute(
    unit="difference of correlations",
    bounds=(-1.0, 1.0),  # a best key correlates at least 0, for the twelve of a mode add up to 0
    on_silence=0.0,
    source="symvae, after the key profiles of Krumhansl and Kessler 1982",
)
def mode(phrase: Phrase) -> float:
    """Correlation of the best major key minus that of the best minor key: above 0 is major.

    Notes are weighted by duration. Relative keys share their notes, so that a tune in a plain scale is near
    0, and the long notes decide.
    """
    correlation = key_correlation(phrase)
    return float(correlation[:12].max() - correlation[12:].max())
