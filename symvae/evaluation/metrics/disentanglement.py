"""Disentanglement: does each attribute have a coordinate of z of its own?

The five metrics of Pati and Lerch 2020 (AR-VAE, arXiv 2004.05485), computed over phrases from their z
(posterior means) and their attributes, each from 0 to 1:

    interpretability  R² of the attribute on its most informative coordinate (Adel et al. 2018)
    mig               mutual information gap: information of the best coordinate about the attribute minus
                      that of the second best, over the attribute's entropy (Chen et al. 2018,
                      arXiv 1802.04942)
    modularity        how far a coordinate informs about one attribute only: 1 - Σ of its other squared
                      informations / (attributes - 1) / the largest (Ridgeway and Mozer 2018,
                      arXiv 1802.05312), averaged over coordinates
    sap               separated attribute predictability: largest R² of the attribute on one coordinate
                      minus the second largest (Kumar et al. 2018, arXiv 1711.00848)
    spearman          largest |rank correlation| of the attribute with a coordinate

All five evaluate the encoder only: a decoder that ignores z leaves them unchanged. For the effect of a
fader on the music see `symvae.evaluation.metrics.controllability`.

Never report modularity alone. It ignores how much a coordinate informs: one with a little information about
one attribute can outscore one with much about two, and one without any scores low, as do most coordinates
of a large z. A random rotation of z can therefore raise it where the others fall.

Departures from the authors' code (utils/evaluation.py), which estimates mutual information by scikit-learn's
nearest neighbors. Here it is that of a 20 by 20 histogram with cells of equal width, as in Locatello et al.
2019 (disentanglement_lib, arXiv 1811.12359): the entropy of an attribute is then finite, where nearest
neighbors give one that grows with the number of phrases. MIG and modularity are therefore not comparable
with published values, and the coordinate behind interpretability may differ where two are nearly equally
informative. A histogram of independent variables still shows up to 180 / phrases nats: use thousands of
phrases. Rank correlations are kept whatever their p value (theirs are 0 above .05, that is below
2 / √phrases). A constant attribute scores 0 everywhere except in modularity, where it is one more attribute
that no coordinate informs about.

Plain arrays; no music, no network.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.errors import ConfigError, CorpusError, LatentError
from symvae.evaluation.metrics.correlation import ranks

#: Cells of a histogram along a coordinate, and along an attribute.
CELLS = 20


class Disentanglement(NamedTuple):
    """Mean of each metric over attributes (modularity: over coordinates), from 0 to 1; 1 is best.

    With a single attribute modularity is undefined: nan.
    """

    interpretability: float
    mig: float
    modularity: float
    sap: float
    spearman: float


def disentanglement(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Disentanglement:
    """All five metrics, averaged; the functions below give them attribute by attribute.

    Args:
        z: Posterior means.
        attributes: Measured attributes of the same phrases, each in its own unit.

    Raises:
        LatentError: For fewer than two coordinates.
        ConfigError: For no attribute.
        CorpusError: For fewer than two phrases, or values that are not finite.
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
    """R² of each attribute on its most informative coordinate (Adel et al. 2018).

    Args:
        z: Posterior means.
        attributes: Measured attributes of the same phrases.
        nats: Their `mutual_information`.

    Returns:
        From 0 to 1; 0 for a constant attribute.
    """
    return np.take_along_axis(r_squared(z, attributes), most_informative(nats)[None], axis=0)[0]


def mig(
    attributes: Float[np.ndarray, "phrase attribute"], nats: Float[np.ndarray, "latent attribute"]
) -> Float[np.ndarray, " attribute"]:
    """Mutual information gap (Chen et al. 2018): gap of the two largest of ``nats`` over the entropy."""
    entropy = entropy_nats(attributes)
    return np.divide(_gap(nats), entropy, out=np.zeros_like(entropy), where=entropy > 0)


def modularity(nats: Float[np.ndarray, "latent attribute"]) -> Float[np.ndarray, " latent"]:
    """Modularity of each coordinate (Ridgeway and Mozer 2018); 0 for one without any information."""
    square = np.square(nats)
    largest = square.max(axis=1)
    elsewhere = (square.sum(axis=1) - largest) / (nats.shape[1] - 1)
    return 1 - np.divide(elsewhere, largest, out=np.ones_like(largest), where=largest > 0)


def sap(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, " attribute"]:
    """Separated attribute predictability of continuous attributes (Kumar et al. 2018): gap of R²."""
    return _gap(r_squared(z, attributes))


def spearman_score(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, " attribute"]:
    """Largest |Spearman correlation| of each attribute with a coordinate."""
    return np.sqrt(r_squared(ranks(z.T).T, ranks(attributes.T).T)).max(axis=0)


def most_informative(nats: Float[np.ndarray, "latent attribute"]) -> Int[np.ndarray, " attribute"]:
    """Index of the most informative coordinate of each attribute."""
    return nats.argmax(axis=0)


def r_squared(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "latent attribute"]:
    """R² of a straight line from each coordinate to each attribute: their squared correlation."""
    return np.square(_to_unit_columns(z).T @ _to_unit_columns(attributes)).clip(0, 1)


def mutual_information(
    z: Float[np.ndarray, "phrase latent"], attributes: Float[np.ndarray, "phrase attribute"]
) -> Float[np.ndarray, "latent attribute"]:
    """Mutual information of each coordinate and attribute in nats, from `CELLS` × `CELLS` histograms."""
    # One histogram holds all coordinates; each has CELLS rows of its own.
    rows = z.shape[1] * CELLS
    row = np.arange(0, rows, CELLS) + _cells(z)
    nats = np.empty((z.shape[1], attributes.shape[1]))
    for number, cell in enumerate(_cells(attributes).T):
        count = np.bincount((row * CELLS + cell[:, None]).ravel(), minlength=rows * CELLS)
        joint = count.reshape(-1, CELLS, CELLS) / len(z)
        marginal = _entropy(joint.sum(axis=2)) + _entropy(joint.sum(axis=1))
        nats[:, number] = marginal - _entropy(joint.reshape(len(joint), -1))
    return nats.clip(min=0)  # rounding may leave -1e-16


def entropy_nats(attributes: Float[np.ndarray, "phrase attribute"]) -> Float[np.ndarray, " attribute"]:
    """Entropy of each attribute's histogram of `CELLS` cells, in nats: at most log 20 = 3.0."""
    share = [np.bincount(cell, minlength=CELLS) / len(cell) for cell in _cells(attributes).T]
    return _entropy(np.stack(share))


def _cells(values: Float[np.ndarray, "phrase column"]) -> Int[np.ndarray, "phrase column"]:
    """Index of the cell of each value: `CELLS` equal parts of its column's range; 0 in a constant one."""
    low, width = values.min(axis=0), np.ptp(values, axis=0)
    place = (values - low) / np.where(width > 0, width, 1)
    return (place * CELLS).astype(np.int64).clip(0, CELLS - 1)


def _entropy(share: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, " row"]:
    """Entropy of each row in nats; + 0.0, since a single cell gives -0.0."""
    return -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1) + 0.0


def _gap(score: Float[np.ndarray, "latent attribute"]) -> Float[np.ndarray, " attribute"]:
    """Largest value of each column minus the second largest."""
    ordered = np.sort(score, axis=0)
    return ordered[-1] - ordered[-2]


def _to_unit_columns(values: Float[np.ndarray, "phrase column"]) -> Float[np.ndarray, "phrase column"]:
    """Columns centered to mean 0 and scaled to length 1; zeros for a constant one."""
    centered = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    # The mean of equal numbers can be off by a rounding error, so constants are tested as such.
    length = np.where(np.ptp(values, axis=0) > 0, np.linalg.norm(centered, axis=0), np.inf)
    return centered / length


def _check(z: np.ndarray, attributes: np.ndarray) -> None:
    if z.shape[1] < 2:
        raise LatentError(f"Disentanglement needs a z of two coordinates or more, not of {z.shape[1]}.")
    if not attributes.shape[1]:
        raise ConfigError("Disentanglement needs at least one attribute. Give one or more.")
    if len(z) < 2:
        raise CorpusError(
            f"Disentanglement is measured on thousands of phrases, not on {len(z)}. Give more phrases."
        )
    if not (np.isfinite(z).all() and np.isfinite(attributes).all()):
        raise CorpusError("Some latents or attributes are not finite numbers. Leave these phrases out.")
