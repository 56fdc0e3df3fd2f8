"""Infilling is measured on the redrawn bars, not on their context."""

from pathlib import Path

import pytest
import torch

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.shards import open_shards
from symvae.evaluation.held_out import held_out
from symvae.evaluation.infilling import infilling
from symvae.evaluation.reports import evaluate as report
from symvae.evaluation.reports.evaluate import QUICK, to_markdown
from symvae.system.infill import Filling
from symvae.system.symvae import SymVAE
from symvae.training.tasks.phrase import train
from symvae.training.tasks.prior import train_prior
from tests.conftest import TINY


@pytest.fixture(scope="module")
def model(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> SymVAE:
    """Four bars, with a prior of its own."""
    short = ("model.bars=4", "training.steps=2", "prior.steps=2", "prior.batch_size=4")
    config = with_overrides(load_preset("melody-2bar"), [*TINY, *short])
    folder = train(config, shards, tmp_path_factory.mktemp("run") / "run")
    train_prior(symvae.load(folder), config.prior, open_shards(shards), folder)
    return symvae.load(folder)


def test_the_original_scores_1_and_the_baseline_as_often_as_bars_repeat(model, shards, monkeypatch) -> None:
    windows = held_out(open_shards(shards), model.config)
    monkeypatch.setattr(model, "fill", lambda phrases, known, **_: [Filling(p, 0.5) for p in phrases])
    figures = infilling(model, windows, phrases=len(windows.ids))
    assert (figures.phrases, figures.bars) == (len(windows.ids), (1, 2))
    assert (figures.kept, figures.all_kept) == (0.5, 0.0)
    assert figures.drawn.token == figures.drawn.onset == 1
    repeats = (windows.ids[:, 0] == windows.ids[:, 1]).float().mean().item()
    assert figures.bars_before.token == pytest.approx(repeats)


def test_the_redrawn_bars_are_those_that_the_model_fills(model, shards) -> None:
    windows = held_out(open_shards(shards), model.config).draw(6, 0)
    figures = infilling(model, windows, phrases=6, seed=3)
    known = [True, False, True, True]
    fillings = model.fill(model.to_phrases(windows.ids), known, best_of=4, seed=3)
    ids = model.to_ids([each.phrase for each in fillings])
    assert torch.equal(ids[:, [0, 3]], windows.ids[:, [0, 3]])
    correct = (ids[:, 1] == windows.ids[:, 1]).float().mean().item()
    assert figures.drawn.token == pytest.approx(correct)


def test_a_long_model_with_its_own_prior_is_evaluated_on_infilling(model, shards, monkeypatch) -> None:
    few = {"windows": 8, "pairs": 4, "samples": 8, "fillings": 3, "training_phrases": 20}
    monkeypatch.setattr(report, "QUICK", type(QUICK)(**few, prior_steps=1))
    metrics = report.evaluate(model, open_shards(shards), quick=True)
    assert metrics["infilling"]["phrases"] == 3
    assert metrics["continuation"]["phrases"] == 3
    text = to_markdown(metrics)
    assert "the best of 4 draws by the model itself" in text
    assert "The first 2 bars of 3 held-out phrases, continued by 2 bars" in text
    (model.folder / "prior.safetensors").rename(model.folder / "aside")
    try:
        bare = symvae.load(model.folder)
        assert "infilling" not in report.evaluate(bare, open_shards(shards), quick=True)
    finally:
        (model.folder / "aside").rename(model.folder / "prior.safetensors")
