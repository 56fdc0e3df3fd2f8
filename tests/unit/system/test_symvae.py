"""The facade: arguments in several forms, and errors in words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import symvae
from symvae.errors import LatentError, PhraseError
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> SymVAE:
    return symvae.load(tiny_model)


@pytest.fixture
def phrase(model: SymVAE) -> Phrase:
    return Phrase(model.grid, np.array([0, 4, 8]), np.array([4, 4, 8]), np.array([60, 64, 67]))


def test_a_single_phrase_is_a_batch_of_one(model: SymVAE, phrase: Phrase):
    assert torch.equal(model.encode(phrase).mean, model.encode([phrase]).mean)
    assert model.reconstruct(phrase) == model.reconstruct([phrase])


def test_latents_in_double_precision_are_decoded(model: SymVAE, phrase: Phrase):
    z = model.encode(phrase).mean
    assert model.decode(z.double()) == model.decode(z)


def test_the_largest_and_smallest_seeds_are_accepted(model: SymVAE):
    assert len(model.sample(1, seed=2**64 - 1)) == len(model.sample(1, seed=-(2**63))) == 1


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda m, p: m.decode(torch.zeros(0, m.latent_size)), "no latent to decode"),
        (lambda m, p: m.decode(torch.full((1, m.latent_size), torch.nan)), "not finite"),
        (lambda m, p: m.decode(torch.full((1, m.latent_size), 1e300, dtype=torch.float64)), "not finite"),
        (lambda m, p: m.sample(1, temperature=1.0, top_p=0.0), "top_p is a probability above 0"),
        (lambda m, p: m.sample(1, temperature=1.0, top_p=-0.5), "top_p is a probability above 0"),
        (lambda m, p: m.sample(1, temperature=-1.0), "temperature is a number from 0 to 100"),
        (lambda m, p: m.sample(1, prior_temperature=-1.0), "prior_temperature is a number from 0 to 100"),
        (lambda m, p: m.sample(1, seed=2**64), "A seed is a whole number"),
        (lambda m, p: m.variations(p, seed=-(2**63) - 1), "A seed is a whole number"),
        (lambda m, p: m.variations(p, count=0), "number of variations is 1 or more"),
        (lambda m, p: m.reconstruct([p], posterior_temperature=-1.0), "posterior_temperature is a number"),
    ],
)
def test_settings_out_of_range_are_refused(
    model: SymVAE, phrase: Phrase, act: Callable[[SymVAE, Phrase], Any], message: str
):
    with pytest.raises(LatentError, match=message):
        act(model, phrase)


def test_a_given_tempo_overrides_that_of_z():
    """Tokens of piano music carry a tempo."""
    piano = symvae.load("piano-4bar")
    z = torch.randn((2, piano.latent_size), generator=torch.Generator().manual_seed(0))
    decoded, *given = (piano.decode(z, tempo_qpm=qpm) for qpm in (None, 60.0, [60.0, 70.0]))
    assert 60.0 not in [phrase.tempo_qpm for phrase in decoded]
    assert given[0] == [phrase.with_tempo(60.0) for phrase in decoded]
    assert given[1] == [phrase.with_tempo(qpm) for phrase, qpm in zip(decoded, (60.0, 70.0), strict=True)]
    assert piano.sample(1, prior="gaussian", tempo_qpm=90.0)[0].tempo_qpm == 90.0
    music = decoded[0].with_tempo(51.0)
    assert piano.reconstruct(music) == piano.decode(piano.encode(music).mean)


def test_too_few_tempos_are_refused(model: SymVAE):
    with pytest.raises(PhraseError, match="There are 1 tempos for 2 phrases"):
        model.decode(torch.zeros(2, model.latent_size), tempo_qpm=[120.0])
