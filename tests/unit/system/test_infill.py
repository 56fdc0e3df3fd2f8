"""Infilling and continuing with a tiny model: what is known stays, whatever the model would have said."""

from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.errors import LatentError
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> SymVAE:
    return symvae.load(tiny_model)


@pytest.fixture
def phrase(model: SymVAE) -> Phrase:
    onset = np.arange(0, 32, 4)
    pitch = np.array([62, 66, 69, 66, 67, 71, 74, 71])
    return Phrase(model.grid, onset, np.full(8, 4), pitch, np.arange(60, 68), tempo_qpm=90.0)


@pytest.mark.parametrize("drawn", [0, 1])
def test_known_bars_stay_note_by_note(model: SymVAE, phrase: Phrase, drawn: int) -> None:
    fillings = model.infill(phrase, [drawn], count=3, seed=1)
    assert len(fillings) == 3
    for filled, kept in fillings:
        known = filled.window(1 - drawn, 1)
        given = phrase.window(1 - drawn, 1)
        assert known.tempo_qpm == 90.0
        last = slice(None) if drawn == 0 else slice(-1)  # a last note may sound on into the drawn bar
        assert np.array_equal(known.onset_step, given.onset_step)
        assert np.array_equal(known.pitch, given.pitch)
        assert np.array_equal(known.velocity, given.velocity)
        assert np.array_equal(known.duration_step[last], given.duration_step[last])
        assert 0 <= kept <= 1


def test_the_seed_decides(model: SymVAE, phrase: Phrase) -> None:
    one, again, other = (model.infill(phrase, [1], 2, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_a_continuation_begins_with_what_it_was_given(model: SymVAE, phrase: Phrase) -> None:
    for bars in (1, 5):
        for longer, _ in model.continue_(phrase, bars, count=2, seed=3):
            assert longer.grid.bars == 2 + bars
            assert longer.window(0, 2) == phrase
    one_bar = phrase.window(0, 1)
    assert model.continue_(one_bar, 1, count=1)[0].phrase.window(0, 1) == one_bar


def test_what_cannot_be_filled_is_refused(model: SymVAE, phrase: Phrase) -> None:
    for bars in ([], [2], [-1]):
        with pytest.raises(LatentError, match="from 0 to 1"):
            model.infill(phrase, bars)
    with pytest.raises(LatentError, match="Ask for one or more"):
        model.continue_(phrase, 0)
    with pytest.raises(LatentError, match="1 or more, not 0"):
        model.infill(phrase, [1], 0)


def test_a_model_without_a_prior_says_how_to_learn_one(
    model: SymVAE, phrase: Phrase, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = SymVAE(model.folder, model.config, model.vae, model.tokenizer)
    monkeypatch.setattr(bare, "prior", None)
    with pytest.raises(LatentError, match="symvae train-prior"):
        bare.infill(phrase, [1])
