"""Trainings of piano models from the command line: fresh weights, resumed, warm start of four bars."""

from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join
from symvae.training.tasks.phrase import train
from tests.conftest import TINY
from tests.e2e.test_training import assert_equal, rows, run_cli, state

ONE_BAR = (*TINY, "model.phrase_size=0", "model.conductor_size=0", "model.latent_size=8")
FOUR_BARS = (*TINY, "model.bars=4", "data.mid_phrase=false")


def settings(values: tuple[str, ...]) -> list[str]:
    return [word for value in values for word in ("--set", value)]


def two_hands() -> list[Tune]:
    """Chords under a melody in eighths."""
    tunes = []
    for seed in range(16):
        chance = np.random.default_rng(seed)
        root = chance.integers(40, 52, (6, 1)) + np.array([0, 4, 7])
        onset = np.concatenate([np.repeat(np.arange(0, 96, 16), 3), np.arange(0, 96, 2)])
        duration = np.repeat([16, 2], [18, 48])
        pitch = np.concatenate([root.ravel(), chance.integers(60, 84, 48)])
        phrase = Phrase(Grid(6), onset, duration, pitch, tempo_qpm=60.0 + 5 * seed)
        tunes.append(Tune(f"a/{seed}", "a", "", phrase))
    return tunes


@pytest.fixture(scope="module")
def piano(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shards of music for two hands."""
    out = tmp_path_factory.mktemp("corpus") / "piano"
    prepare([iter(two_hands())], out, tokenizer="piano")
    return out


@pytest.fixture(scope="module")
def bar(piano: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a one-bar model, through the command line."""
    run = tmp_path_factory.mktemp("run") / "bar"
    result = run_cli("train", "--preset", "piano-1bar", "--data", piano, "--out", run, *settings(ONE_BAR))
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{run / 'model'}\n"
    return run


def test_a_trained_model_decodes_valid_tokens_and_encodes_its_own_phrases(bar: Path, piano: Path) -> None:
    assert [row["step"] for row in rows(bar)] == ["4", "8"]
    model = symvae.load(bar)
    assert model.tokenizer == open_shards(piano).tokenizer
    drawn = model.sample(3, prior="gaussian")
    assert [phrase.grid for phrase in drawn] == [Grid(1)] * 3
    z = model.encode(drawn).mean
    assert z.shape == (3, 8)
    follows = torch.from_numpy(model.tokenizer.follows)
    ids = model.decode_ids(z).flatten(0, 1)
    before = torch.cat([torch.full_like(ids[:, :1], model.tokenizer.vocabulary_size), ids[:, :-1]], dim=1)
    assert follows[before, ids].all()


def test_a_run_stopped_and_resumed_ends_bit_equal(bar: Path, piano: Path, tmp_path: Path) -> None:
    config = with_overrides(load_preset("piano-1bar"), list(ONE_BAR))
    train(config, piano, tmp_path, stop_after=3)
    train(config, piano, tmp_path, stop_after=6, resume=True)
    words = ("train", "--preset", "piano-1bar", "--data", piano, "--out", tmp_path, "--resume")
    resumed = run_cli(*words, *settings(ONE_BAR))
    assert resumed.exit_code == 0, resumed.stderr
    assert_equal(state(tmp_path), state(bar))
    assert rows(tmp_path) == rows(bar)
    weights = "model/model.safetensors"
    assert (tmp_path / weights).read_bytes() == (bar / weights).read_bytes()


@pytest.mark.parametrize("latent_size", [16, 32])
def test_four_bars_start_from_one(bar: Path, piano: Path, tmp_path: Path, latent_size: int) -> None:
    """With z large enough for four codes of eight coordinates, and only for their principal components."""
    still = (f"model.latent_size={latent_size}", "training.steps=1", "training.learning_rate=1e-30")
    words = ("train", "--preset", "piano-1bar", "--data", piano, "--out", tmp_path / "run", "--from", bar)
    grown = run_cli(*words, *settings((*FOUR_BARS, *still)))
    assert grown.exit_code == 0, grown.stderr
    short, long = symvae.load(bar), symvae.load(tmp_path / "run")
    assert (long.grid, long.latent_size) == (Grid(4), latent_size)
    assert_equal(dict(long.vae.encoder.bar.state_dict()), dict(short.vae.encoder.bar.state_dict()))
    assert_equal(dict(long.vae.decoder.bar.state_dict()), dict(short.vae.decoder.bar.state_dict()))
    bars = [phrase.with_tempo(100.0) for phrase in short.sample(4, prior="gaussian", seed=1)]
    z = long.encode(join(bars)).mean
    assert len(long.decode(z)) == 1
    if latent_size == 32:
        torch.testing.assert_close(z.view(4, 8), short.encode(bars).mean, atol=2e-2, rtol=2e-2)
