"""A prior learns forms, endings and the scale of its noise from training tunes."""

import numpy as np
import pytest
import torch

from symvae.attributes.form import equal_bars
from symvae.corpus.dataset import windows
from symvae.corpus.shards import open_shards
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE
from symvae.training.tasks import prior_forms

#: Values of every attribute of training music; draws have the scale of their noise.
REAL = 1.1


class Drawn(list):
    """Phrases that were drawn with a scale; it stands for their attributes."""

    scale = 0.0


def test_a_prior_learns_forms_endings_and_their_noise(tiny_model, shards, monkeypatch) -> None:
    """Half of the tunes end with a cadence, and a tenth of the draws before any is given one."""
    model, music = SymVAE.load(tiny_model), open_shards(shards)
    size = model.latent_size
    velocity = BarVelocity(size, bars=2, code_size=size, width=32, layers=1)
    prior = FlowPrior(torch.ones(size, dtype=torch.bool), velocity)
    monkeypatch.setattr(prior_forms, "draw", lambda codec, prior, count, chance: float(prior.form_scale))
    monkeypatch.setattr(prior_forms, "decode", lambda codec, prior, scale, chance: scale)
    to_phrases = model.to_phrases

    def phrases(of):
        if not isinstance(of, float):
            return to_phrases(of)
        drawn = Drawn([Phrase(model.grid)])
        drawn.scale = of
        return drawn

    monkeypatch.setattr(model, "to_phrases", phrases)

    def measured(of, names):
        drawn = isinstance(of, Drawn)
        values = {name: of.scale if drawn else REAL for name in names} | {"cadence": 0.1 if drawn else 0.5}
        return {name: np.array([value - 0.05, value + 0.05]) for name, value in values.items()}

    monkeypatch.setattr(model, "measure", measured)
    monkeypatch.setattr(prior_forms, "balance", lambda model, prior, real: None)
    prior_forms.learn_forms(model, prior, music)
    assert float(prior.form_scale) == pytest.approx(REAL)
    assert float(prior.endings) == pytest.approx(0.4 / 0.9)
    found = windows(music, "train", 2)
    assert len(found) < prior_forms.FORMS
    expected = [equal_bars(phrase).tolist() for phrase in to_phrases(torch.from_numpy(found.ids.astype(int)))]
    assert prior.forms.tolist() == expected


def test_the_table_is_balanced_by_the_forms_of_its_draws(tiny_model, monkeypatch) -> None:
    """Half of the draws should be AB; of the 300 rows that say so 200 give AA, so AB is drawn too seldom."""
    model = SymVAE.load(tiny_model)
    size = model.latent_size
    velocity = BarVelocity(size, bars=2, code_size=size, width=32, layers=1)
    prior = FlowPrior(torch.ones(size, dtype=torch.bool), velocity)
    prior.forms = torch.tensor([[0.0, 0.0]] * 100 + [[0.0, 1.0]] * 300)
    drawn = ["AA"] * 300 + ["AB"] * 100
    monkeypatch.setattr(prior_forms, "decode", lambda codec, prior, draws, chance: draws.equal)
    monkeypatch.setattr(model, "to_phrases", lambda of: range(len(of)))
    monkeypatch.setattr(
        prior_forms, "structure", lambda of: drawn[of] if isinstance(of, int) else names[len(of)]
    )
    names = {0: "AA", 1: "AB"}
    one_note = Phrase(model.grid, np.array([0]), np.array([4]), np.array([60]))
    prior_forms.balance(model, prior, [Phrase(model.grid), one_note])
    assert prior.forms.shape == (400, 2)
    # A row of the first kind has the weight 1/300, two thirds of the others too, the rest 1/100.
    expected = (200 / 300 + 100 / 100) / 2
    assert float((prior.forms[:, 1] == 1).float().mean()) == pytest.approx(expected, abs=0.06)


def test_rows_of_the_table_keep_their_attributes(tiny_model, monkeypatch) -> None:
    model = SymVAE.load(tiny_model)
    size = model.latent_size
    velocity = BarVelocity(size, bars=2, code_size=size, width=32, layers=1, attributes=1)
    prior = FlowPrior(torch.ones(size, dtype=torch.bool), velocity, conditions=("register",))
    prior.forms = torch.tensor([[0.0, 0.0]] * 20 + [[0.0, 1.0]] * 20)
    prior.attributes = prior.forms[:, 1:] * 2 + 1
    monkeypatch.setattr(prior_forms, "draw_with", lambda codec, prior, count, forms, chance: forms.equal)
    monkeypatch.setattr(prior_forms, "decode", lambda codec, prior, equal, chance: equal)
    monkeypatch.setattr(model, "to_phrases", lambda of: of[:, 1].tolist())
    monkeypatch.setattr(prior_forms, "structure", lambda of: of if isinstance(of, int) else len(of))
    one_note = Phrase(model.grid, np.array([0]), np.array([4]), np.array([60]))
    prior_forms.balance(model, prior, [one_note] * 3 + [Phrase(model.grid)])
    assert 0 < prior.forms[:, 1].mean() < 1
    assert torch.equal(prior.attributes, prior.forms[:, 1:] * 2 + 1)


def test_windows_that_end_their_tune_are_known(shards) -> None:
    found = windows(open_shards(shards), "train", 2)
    last = np.append(found.tune[1:] != found.tune[:-1], True)
    assert found.ends_tune.any()
    assert (found.ends_tune <= last).all()
