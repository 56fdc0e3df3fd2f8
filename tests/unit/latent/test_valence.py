"""Valence: a regression with a known answer, and its refusal where listeners do not bear it out."""

import json

import numpy as np
import pytest

from symvae.errors import CorpusError, LatentError
from symvae.latent.valence import Valence

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(80, 3))
GROUP = [f"series {number % 5}" for number in range(80)]


def fitted(noise: float) -> Valence:
    rating = FEATURES @ [0.5, 0.0, -0.2] + noise * np.random.default_rng(1).normal(size=80)
    return Valence.fit(FEATURES, rating, GROUP)


def test_it_recovers_the_rule_and_says_how_well() -> None:
    valence = fitted(0.05)
    assert valence.weight[0] > 0.3 > abs(valence.weight[1])
    assert valence.weight[2] < -0.1
    assert valence.correlation > 0.9
    valence.check()


def test_a_regression_that_listeners_do_not_bear_out_is_refused() -> None:
    valence = fitted(5.0)
    assert valence.correlation < 0.5
    with pytest.raises(LatentError) as refused:
        valence.check()
    assert str(refused.value) == (
        f"Valence of this model and listeners correlate at {valence.correlation:.2f} only, on music that it "
        "was not fitted to; 0.50 is needed. Set arousal alone."
    )


def test_the_scale_is_the_share_of_music_that_sounds_less_positive() -> None:
    valence = fitted(0.05)
    order = valence.rating(FEATURES).argsort()
    values = [valence.of(FEATURES[row : row + 1]) for row in order]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert values[40] == pytest.approx(0.5, abs=0.05)


def test_it_survives_saving() -> None:
    valence = fitted(0.05)
    again = Valence.from_dict(json.loads(json.dumps(valence.to_dict())))
    assert again.of(FEATURES[:4]) == pytest.approx(valence.of(FEATURES[:4]), abs=1e-3)
    for broken in ({"std": [0.0, 1.0, 1.0]}, {"rating_at": [1.0, 0.0]}, {"weight": [1.0]}):
        with pytest.raises(ValueError, match="valence"):
            Valence.from_dict(valence.to_dict() | broken)


def test_pieces_of_one_group_are_refused() -> None:
    with pytest.raises(CorpusError, match="held-out groups"):
        Valence.fit(FEATURES, FEATURES[:, 0], ["one"] * 80)
