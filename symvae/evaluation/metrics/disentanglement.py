"""Does each attribute have a coordinate of z to itself?

The five metrics of Pati and Lerch 2020 (AR-VAE, arXiv 2004.05485), over phrases with their z (posterior
means) and their attributes, each from 0 to 1:

    interpretability  R² of the attribute on the one coordinate that tells most of it (Adel et al. 2018)
    mig               mutual information gap: what the best coordinate tells of the attribute less what
                      the second tells, over the attribute's entropy (Chen et al. 2018, arXiv 1802.04942)
    modularity        how much a coordinate is about one attribute alone: 1 - Σ of its other squared
                      informations / (attributes - 1) / the largest (Ridgeway and Mozer 2018,
                      arXiv 1802.05312), the mean over all coordinates
    sap               the largest R² of the attribute on one coordinate less the second largest
                      (separated attribute predictability, Kumar et al. 2018, arXiv 1711.00848)
    spearman          the largest |rank correlation| of the attribute with a coordinate

They look at the encoder only: a decoder that ignores its z keeps all of them. Whether a fader moves
the music, `symvae.evaluation.metrics.control` asks.

Modularity must not stand alone. It never asks how much a coordinate tells: one that tells a little of
one attribute may outscore one that tells much of two, and one that tells of none scores little, as do
most coordinates of a large z. So a z turned into a random frame can gain by it where the others fall.

Departures from the authors' code (utils/evaluation.py), which takes mutual information from scikit-learn's
estimate by nearest neighbors. Here it is that of a 20 by 20 histogram with cells of equal width, as in
Locatello et al. 2019 (disentanglement_lib, arXiv 1811.12359): the entropy of an attribute is then finite,
where nearest neighbors give one that grows with the number of phrases. So MIG and modularity are
not to be set against published figures, and the coordinate behind interpretability may be another where
two tell nearly the same. A histogram of independent numbers still shows up to 180 / phrases nats: take
thousands of phrases. Rank correlations are kept whatever their p value (theirs are 0 above .05, that is
below 2 / √phrases). An attribute that is constant scores 0 everywhere but in modularity, where it is one
more attribute that nothing tells of.

Numbers only; no music, no network.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.errors import ConfigError, CorpusError, LatentError
from symvae.evaluation.metrics.control import ranks

#: A histogram has so many cells for a coordinate, and for an attribute.
CELLS = 20


class Disentanglement(NamedTuple):
    """Each metric's mean over attributes (modularity's: over coordinates), from 0 to 1, 1 the best.

    One attribute alone has no modularity: it is nan.
    """

    interpretability: float
    mig: float
    modularity: float
    sap: float
    spearman: float


def disentanglement(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Disentanglement:
    """All five. The functions below give them attribute by attribute.

    Raises `LatentError` for fewer than two coordinates, `ConfigError` for no attribute and `CorpusError`
    for fewer than two phrases and for values that are not finite.
    """
    _check(z, attributes)
    nats = mutual_information(z, attributes)
    return Disentanglement(
        interpretability=float(interpretability(z, attributes, nats).mean()),
        mig=float(mig(attributes, nats).mean()),
        modularity=float(modularity(nats).mean()) if nats.shape[1] > 1 else np.nan,
        sap=float(sap(z, attributes).mean()),
        spearman=float(spearman_score(z, attributes).mean()),
    )


def interpretability(
    z: Float[np.ndarray, "phrase latent"],
    attributes: Float[np.ndarray, "phrase attribute"],
    nats: Float[np.ndarray, "latent attribute"],
) -> Float[np.ndarray, " attribute"]:
    """Adel et al. 2018: R² on the coordinate with the most mutual information, ``nats``."""
    return np.take_along_axis(r_squared(z, attributes), most_telling(nats)[None], axis=0)[0]


def mig(
    attributes: Float[np.ndarray, "phrase attribute"], nats: Float[np.ndarray, "latent attribute"]
) -> Float[np.ndarray, " attribute"]:
    """Chen et al. 2018: the gap between the two largest of ``nats``, over the attribute's entropy."""
    entropy = entropy_nats(attributes)
    return np.divide(_gap(nats), entropy, out=np.zeros_like(entropy), where=entropy > 0)


def modularity(nats: Float[np.ndarray, "latent attribute"]) -> Float[np.ndarray, " latent"]:
    """Ridgeway and Mozer 2018: of each coordinate; 0 for one that tells nothing at all."""
    square = np.square(nats)
    largest = square.max(axis=1)
    elsewhere = (square.sum(axis=1) - largest) / (nats.shape[1] - 1)
    return 1 - np.divide(elsewhere, largest, out=np.ones_like(largest), where=largest > 0)


def sap(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, " attribute"]:
    """Kumar et al. 2018, for attributes that are numbers: the gap between the two largest R²."""
    return _gap(r_squared(z, attributes))


def spearman_score(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, " attribute"]:
    """The largest |Spearman correlation| of each attribute with a coordinate."""
    return np.sqrt(r_squared(ranks(z.T).T, ranks(attributes.T).T)).max(axis=0)


def most_telling(nats: Float[np.ndarray, "latent attribute"]) -> Int[np.ndarray, " attribute"]:
    """The number of the coordinate that tells most of each attribute."""
    return nats.argmax(axis=0)


def r_squared(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "latent attribute"]:
    """R² of a straight line from one coordinate to one attribute, their squared correlation."""
    return np.square(_to_unit_columns(z).T @ _to_unit_columns(attributes)).clip(0, 1)


def mutual_information(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "latent attribute"]:
    """What each coordinate tells of each attribute, in nats, from histograms of `CELLS` cells a side."""
    # One histogram holds all coordinates: a coordinate's cell is one of its own CELLS rows.
    rows = z.shape[1] * CELLS
    row = np.arange(0, rows, CELLS) + _cells(z)
    nats = np.empty((z.shape[1], attributes.shape[1]))
    for number, cell in enumerate(_cells(attributes).T):
        count = np.bincount((row * CELLS + cell[:, None]).ravel(), minlength=rows * CELLS)
        joint = count.reshape(-1, CELLS, CELLS) / len(z)
        apart = _entropy(joint.sum(axis=2)) + _entropy(joint.sum(axis=1))
        nats[:, number] = apart - _entropy(joint.reshape(len(joint), -1))
    return nats.clip(min=0)  # rounding may leave -1e-16


def entropy_nats(attributes: Float[np.ndarray, "phrase attribute"]) -> Float[np.ndarray, " attribute"]:
    """The entropy of each attribute's histogram of `CELLS` cells: at most log 20 = 3.0."""
    share = [np.bincount(cell, minlength=CELLS) / len(cell) for cell in _cells(attributes).T]
    return _entropy(np.stack(share))


def _cells(values: Float[np.ndarray, "phrase column"]) -> Int[np.ndarray, "phrase column"]:
    """Which of `CELLS` equal parts of its column's range a value lies in; 0 where the column is constant."""
    low, width = values.min(axis=0), np.ptp(values, axis=0)
    place = (values - low) / np.where(width > 0, width, 1)
    return (place * CELLS).astype(np.int64).clip(0, CELLS - 1)


def _entropy(share: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, " row"]:
    """The entropy of each row, in nats; + 0.0, for a single cell gives -0.0."""
    return -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1) + 0.0


def _gap(score: Float[np.ndarray, "latent attribute"]) -> Float[np.ndarray, " attribute"]:
    """The largest of each column less the second largest."""
    ordered = np.sort(score, axis=0)
    return ordered[-1] - ordered[-2]


def _to_unit_columns(values: Float[np.ndarray, "phrase column"]) -> Float[np.ndarray, "phrase column"]:
    """Columns of mean 0 and length 1; zeros for a constant one."""
    away = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    # The mean of equal numbers may miss them by a rounding error, so constants are asked for as such.
    length = np.where(np.ptp(values, axis=0) > 0, np.linalg.norm(away, axis=0), np.inf)
    return away / length


def _check(z: np.ndarray, attributes: np.ndarray) -> None:
    if z.shape[1] < 2:
        raise LatentError(f"A gap needs a z of two coordinates or more, not of {z.shape[1]}.")
    if not attributes.shape[1]:
        raise ConfigError("Give an attribute or more to find in z, not none.")
    if len(z) < 2:
        raise CorpusError(f"Attributes are told apart on thousands of phrases, not on {len(z)}.")
    if not (np.isfinite(z).all() and np.isfinite(attributes).all()):
        raise CorpusError("Some latents or attributes are not finite numbers. Leave these phrases out.")
