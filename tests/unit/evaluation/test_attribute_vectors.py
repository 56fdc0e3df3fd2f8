"""Attribute vectors of a model whose first coordinate of z is the number of notes."""

import numpy as np
import pytest
import torch

from symvae.evaluation.attribute_vectors import attribute_vectors
from symvae.nn.gaussian import DiagonalGaussian
from symvae.tokens.ngram import NGram
from symvae.training.latent_fit import LatentFit

LATENT = 32


@pytest.fixture
def fit(still) -> LatentFit:
    more, nothing = torch.zeros(LATENT), torch.zeros(LATENT)
    more[0] = 4
    center = torch.zeros((1, LATENT))
    center[0, 0] = 8
    return LatentFit(
        still(center),
        {"onset_density": more, "mean_interval": nothing},
        {"onset_density": 0.25, "mean_interval": 2.0},
        DiagonalGaussian(center, center),
        seed=0,
        language=NGram.fit(np.zeros((1, 1, 4), np.uint8), pitch_ids=(2, 89), vocabulary_size=90),
    )


def test_changes_are_measured_on_the_decoded_music(counting, fit) -> None:
    figures = attribute_vectors(counting, fit, samples=5)
    assert figures.before["onset_density"] == pytest.approx(8 / 32)
    assert figures.change["added"]["onset_density"]["onset_density"] == pytest.approx(4 / 32)
    assert figures.change["taken"]["onset_density"]["onset_density"] == pytest.approx(-4 / 32)
    assert figures.change_in_std["added"]["onset_density"]["onset_density"] == pytest.approx(0.5)
    assert figures.change["added"]["onset_density"]["mean_interval"] == 0


def test_a_zero_vector_changes_nothing(counting, fit) -> None:
    figures = attribute_vectors(counting, fit, samples=5)
    for label in ("added", "taken"):
        assert figures.change[label]["mean_interval"] == {"onset_density": 0, "mean_interval": 0}
