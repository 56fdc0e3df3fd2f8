"""Runs of `train-sketch`: networks beside a trained model, on the command line, resumed and used."""

import shutil
from pathlib import Path

import pytest
from typer.testing import Result

import symvae
from symvae.system.choice import released
from tests.conftest import TUNES
from tests.e2e.test_coordinates import rows, run_cli, settings

SMALL = (
    *("sketch.pitch_size=6", "sketch.rhythm_size=4", "sketch.embedding_size=8", "sketch.encoder_size=8"),
    *("sketch.summary_size=16", "sketch.decoder_size=16", "sketch.unfold_size=16", "sketch.feature_size=8"),
    *("sketch.width=32", "sketch.layers=1", "sketch.steps=4", "sketch.batch_size=8"),
    "sketch.evaluate_every=2",
)


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def learn(model: Path, shards: Path, run: Path, *more: object) -> Result:
    return run_cli("train-sketch", model, "--data", shards, "--out", run, *settings(*SMALL), *more)


def test_a_model_learns_sketches_and_fills_bars_in(model: Path, shards: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = learn(model, shards, run, "--update-model")
    assert result.exit_code == 0, result.stderr
    assert [row["step"] for row in rows(run)] == ["2", "4"]
    assert {"bar", "none", "pitch", "rhythm", "both"} <= rows(run)[0].keys()
    words = ("infill", TUNES / "ode_to_joy.mid", "--model", model, "--from", 2, "--to", 2, "--json")
    sketch = ("--rhythm", "x.x.x-..", "--pitches", "C4 E4 G4", "--strict", "--out", tmp_path / "out")
    filled = run_cli(*words, *sketch)
    assert filled.exit_code == 0, filled.stderr
    assert '"pitches": 1.0' in filled.stdout
    copy = symvae.load(model)
    copy.save(tmp_path / "copy")
    phrases = copy.read(TUNES / "ode_to_joy.mid")[:2]
    assert symvae.load(tmp_path / "copy").swap(*phrases) == copy.swap(*phrases)
    wrong = run_cli(*words, "--rhythm", "x.x")
    assert wrong.exit_code == 1
    assert "Write 2, 4, 8 or 16 signs a bar." in wrong.stderr


def test_a_run_that_was_stopped_ends_as_one_that_was_not(model: Path, shards: Path, tmp_path: Path) -> None:
    from symvae.config.load import with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.training.tasks.sketch import train_sketch

    vae = symvae.load(model)
    config = with_overrides(vae.config, list(SMALL)).sketch
    data = open_shards(shards)
    train_sketch(vae, config, data, tmp_path / "whole")
    train_sketch(vae, config, data, tmp_path / "parts", stop_after=3)
    train_sketch(vae, config, data, tmp_path / "parts", resume=True)
    for name in ("sketch.safetensors", "sketch-state.pt"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_a_model_without_sketches_says_how_to_learn_them(model: Path, tmp_path: Path) -> None:
    result = run_cli(
        "infill", TUNES / "ode_to_joy.mid", "--model", model, "--from", 2, "--to", 2, "--rhythm", "x..."
    )
    assert result.exit_code == 1
    assert "has no sketch model" in result.stderr
    assert "symvae train-sketch" in result.stderr


def test_a_released_model_with_sketches_is_chosen(tmp_path: Path) -> None:
    assert [facts.name for facts in released() if facts.has_sketch] == ["melody-16bar"]
    tune, out = TUNES / "ode_to_joy.mid", tmp_path / "filled.mid"
    chosen = run_cli("infill", tune, "--from", 2, "--to", 2, "--rhythm", "x...", "--count", 1, "--out", out)
    assert chosen.exit_code == 0, chosen.stderr
    assert "rhythm 100%" in chosen.stdout
    before, after = (symvae.read(file, grid=symvae.Grid(16))[0] for file in (tune, out))
    for phrase in (before, after):
        assert (phrase.onset_step // 16 == 1).any()
    kept = [
        [*zip(each.onset_step[elsewhere], each.pitch[elsewhere], strict=True)]
        for each, elsewhere in ((each, each.onset_step // 16 != 1) for each in (before, after))
    ]
    assert kept[0] == kept[1]
