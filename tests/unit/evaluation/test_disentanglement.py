"""Latents with known answers: eight coordinates, three independent attributes, 20,000 phrases."""

import numpy as np
import pytest

from symvae.errors import ConfigError, CorpusError, LatentError
from symvae.evaluation.metrics.disentanglement import (
    disentanglement,
    entropy_nats,
    interpretability,
    mig,
    modularity,
    most_informative,
    mutual_information,
    r_squared,
    sap,
    spearman_score,
)

PHRASES, LATENT, ATTRIBUTES = 20_000, 8, 3
RNG = np.random.default_rng(0)
Z = RNG.normal(size=(PHRASES, LATENT))
#: Attributes in units of their own, the second one inverted.
VALUES = Z[:, :ATTRIBUTES] * [5.0, -0.1, 1.0] + [20.0, 0.5, 0.0]


def rotated(values: np.ndarray) -> np.ndarray:
    """z in a random orthogonal basis: no information is lost, and none is in one coordinate alone."""
    return values @ np.linalg.qr(np.random.default_rng(1).normal(size=(LATENT, LATENT)))[0]


def test_one_coordinate_per_attribute_scores_high() -> None:
    scores = disentanglement(Z, VALUES)
    assert (scores.interpretability, scores.spearman) == pytest.approx((1, 1))
    assert scores.sap == pytest.approx(1, abs=0.01)
    assert scores.mig > 0.98
    informations = mutual_information(Z, VALUES)
    assert modularity(informations)[:ATTRIBUTES].min() > 0.99


def test_a_rotation_lowers_all_scores() -> None:
    aligned, turned = disentanglement(Z, VALUES), disentanglement(rotated(Z), VALUES)
    assert turned.interpretability < 0.7
    assert turned.mig < 0.1
    assert turned.sap < 0.3
    assert turned.spearman < aligned.spearman - 0.2


def test_a_rotation_lowers_modularity_only_if_every_coordinate_is_informative() -> None:
    """Five of eight coordinates are uninformative; rotated, all inform a little, and the mean rises."""
    of_all, of_three = disentanglement(Z, VALUES), disentanglement(Z[:, :3], VALUES)
    mirror = np.eye(3) - 2 / 3
    assert of_three.modularity > 0.99
    assert disentanglement(Z[:, :3] @ mirror, VALUES).modularity < 0.6
    assert disentanglement(rotated(Z), VALUES).modularity > of_all.modularity + 0.1


def test_shuffled_attributes_score_0() -> None:
    scores = disentanglement(Z, RNG.permutation(VALUES))
    assert scores.modularity < 0.3
    assert (scores.interpretability, scores.mig, scores.sap, scores.spearman) == pytest.approx(
        (0,) * 4, abs=0.03
    )


def test_duplicated_coordinates_leave_no_gap() -> None:
    twice = np.concatenate([Z, Z[:, :ATTRIBUTES]], axis=1)
    scores = disentanglement(twice, VALUES)
    assert (scores.mig, scores.sap) == pytest.approx((0, 0), abs=1e-9)
    assert (scores.interpretability, scores.spearman) == pytest.approx((1, 1))


def test_a_coordinate_of_two_attributes_is_not_modular() -> None:
    nats = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    assert modularity(nats).tolist() == [1, 0.5, 0, 0]


def test_interpretability_selects_by_information_and_scores_by_a_straight_line() -> None:
    """x determines x², yet neither a straight line nor rank correlation shows it."""
    values = np.stack([np.square(Z[:, 2]), Z[:, 5]], axis=1)
    nats = mutual_information(Z, values)
    assert most_informative(nats).tolist() == [2, 5]
    assert interpretability(Z, values, nats).tolist() == pytest.approx([0, 1], abs=0.01)
    assert spearman_score(Z, values)[0] < 0.05


def test_a_curved_relation_keeps_rank_correlation_and_lowers_r_squared() -> None:
    values = np.stack([np.exp(3 * Z[:, 0]), Z[:, 1]], axis=1)
    assert spearman_score(Z, values).tolist() == pytest.approx([1, 1])
    assert r_squared(Z, values)[0, 0] < 0.3


def test_mutual_information_by_hand() -> None:
    """A fair coin informs log 2 nats about itself and about a pair of coins, and 0 about the other coin."""
    a, b = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    both = 2 * a + b
    nats = mutual_information(np.stack([a, b], axis=1), np.stack([a, both], axis=1))
    assert nats == pytest.approx(np.log(2) * np.array([[1, 1], [0, 1]]))
    values = np.stack([a, both], axis=1)
    assert entropy_nats(values) == pytest.approx(np.log([2, 4]))
    assert mig(values, nats).tolist() == pytest.approx([1, 0])


def test_r_squared_by_hand() -> None:
    """The correlation of these five ranks is .8."""
    z = np.array([[1.0, 0.3], [2.0, 0.3], [3.0, 0.3], [4.0, 0.3], [5.0, 0.3]])
    values = np.array([[2.0], [1.0], [4.0], [3.0], [5.0]])
    assert r_squared(z, values) == pytest.approx(np.array([[0.64], [0.0]]))
    assert sap(z, values) == pytest.approx(0.64)


def test_a_constant_attribute_scores_0() -> None:
    values = np.stack([VALUES[:, 0], np.full(PHRASES, 0.3)], axis=1)
    nats = mutual_information(Z, values)
    for score in (
        interpretability(Z, values, nats),
        mig(values, nats),
        sap(Z, values),
        spearman_score(Z, values),
    ):
        assert score[0] > 0.9
        assert score[1] == 0


def test_scale_and_sign_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    z = rotated(Z)
    moved = z * rng.uniform(-3, 3, LATENT) + rng.normal(size=LATENT)
    assert disentanglement(moved, VALUES) == pytest.approx(disentanglement(z, VALUES), abs=1e-3)


def test_single_precision_is_accepted() -> None:
    assert disentanglement(Z.astype(np.float32), VALUES) == pytest.approx(
        disentanglement(Z, VALUES), abs=1e-3
    )


@pytest.mark.parametrize(
    ("phrases", "latent", "attributes", "error"),
    [(9, 1, 2, LatentError), (9, 2, 0, ConfigError), (1, 2, 2, CorpusError)],
)
def test_too_few_coordinates_attributes_or_phrases_are_refused(phrases, latent, attributes, error) -> None:
    with pytest.raises(error):
        disentanglement(np.zeros((phrases, latent)), np.zeros((phrases, attributes)))


def test_a_single_attribute_has_no_modularity() -> None:
    alone, nats = disentanglement(Z, VALUES[:, :1]), mutual_information(Z, VALUES[:, :1])
    assert np.isnan(alone.modularity)
    assert alone.sap == pytest.approx(sap(Z, VALUES)[0])
    assert alone.mig == pytest.approx(mig(VALUES[:, :1], nats)[0])


def test_values_that_are_not_finite_are_refused() -> None:
    values = VALUES.copy()
    values[5, 1] = np.inf
    with pytest.raises(CorpusError, match="not finite numbers"):
        disentanglement(Z, values)
