"""Trainings on the piano grid from the command line: fresh weights, then four bars grown from one."""

from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.music.grid import Grid
from tests.e2e.test_piano_training import FOUR_BARS, ONE_BAR, settings, two_hands
from tests.e2e.test_training import rows, run_cli


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "grid"
    prepare([iter(two_hands())], out, tokenizer="piano-grid")
    return out


@pytest.fixture(scope="module")
def bar(grid: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a one-bar model, through the command line."""
    run = tmp_path_factory.mktemp("run") / "bar"
    words = ("train", "--preset", "piano-grid-1bar", "--data", grid, "--out", run, *settings(ONE_BAR))
    result = run_cli(*words)
    assert result.exit_code == 0, result.stderr
    return run


def test_a_trained_model_decodes_canonical_rows(bar: Path, grid: Path) -> None:
    assert [row["step"] for row in rows(bar)] == ["4", "8"]
    model = symvae.load(bar)
    assert model.tokenizer == open_shards(grid).tokenizer
    drawn = model.sample(3, prior="gaussian")
    assert [phrase.grid for phrase in drawn] == [Grid(1)] * 3
    for ids, phrase in zip(model.decode_ids(model.encode(drawn).mean), drawn, strict=True):
        assert phrase.grid == Grid(1)
        again = model.tokenizer.encode_phrase(model.tokenizer.decode_ids(ids.numpy()))
        np.testing.assert_array_equal(again, ids.numpy())


@pytest.mark.parametrize("latent_size", [16, 32])
def test_four_bars_start_from_one(bar: Path, grid: Path, tmp_path: Path, latent_size: int) -> None:
    """With z large enough for four codes of eight coordinates, and only for their principal components."""
    still = (f"model.latent_size={latent_size}", "training.steps=1", "training.learning_rate=1e-30")
    words = ("train", "--preset", "piano-grid-1bar", "--data", grid, "--out", tmp_path / "run", "--from", bar)
    grown = run_cli(*words, *settings((*FOUR_BARS, *still)))
    assert grown.exit_code == 0, grown.stderr
    short, long = symvae.load(bar), symvae.load(tmp_path / "run")
    assert (long.grid, long.latent_size) == (Grid(4), latent_size)
    if latent_size == 32:
        ids = torch.from_numpy(open_shards(grid).split("train").ids[:4].astype(np.int64))
        alone = short.codec.encode_ids(ids[:, None])
        together = long.codec.encode_ids(ids[None])
        torch.testing.assert_close(together.mean, alone.mean.flatten()[None], atol=0.05, rtol=0.05)
