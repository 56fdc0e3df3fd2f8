"""Evaluation of a drum machine: all figures are there, and the Fréchet distance and the copies are right."""

import json

import numpy as np
import pytest
import torch

from symvae.corpus.sound_shards import open_sounds
from symvae.errors import ConfigError
from symvae.evaluation.decoding import attack_distance_db
from symvae.evaluation.metrics.frechet import frechet_distance
from symvae.evaluation.oneshots import evaluate_oneshots
from symvae.evaluation.reports.oneshots import to_markdown
from symvae.pipelines import evaluate_oneshots as pipeline
from symvae.system.drum_faders import FADERS
from symvae.system.drum_machine import load_drum_machine
from symvae.training.tasks.drum_probe import train_drum_probe


@pytest.fixture(scope="module")
def figures(tiny_drum_machine, drum_sounds):
    return evaluate_oneshots(load_drum_machine(tiny_drum_machine), open_sounds(drum_sounds), quick=True)


def test_every_figure_is_there(figures):
    lsd = figures["reconstruction"]["lsd_db"]
    assert lsd["griffin_lim"] < lsd["iterated"] < lsd["impulse"]
    # A network that has learned nothing is beaten by the nearest training sound.
    assert lsd["nearest"] < lsd["reconstructed"]
    assert set(figures["class_accuracy"]) == {"real", "reconstructed", "drawn"}
    assert set(figures["faders"]) == set(FADERS)
    assert all(0 <= value <= 1 for value in figures["class_accuracy"].values())
    assert 0 <= figures["copying"]["drawn_nearer_share"] <= 1
    for each in figures["faders"].values():
        assert -1 <= each["spearman"] <= 1
        assert each["requests"] <= 4
    text = to_markdown(figures)
    assert "nearest training sound" in text
    assert "| decay sec |" in text


def test_frechet_distance_of_known_gaussians():
    rng = np.random.default_rng(0)
    one = rng.standard_normal((20_000, 3))
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(one, one + np.array([3, 0, 4])) == pytest.approx(25, rel=1e-6)
    assert frechet_distance(one, 2 * rng.standard_normal((20_000, 3))) == pytest.approx(3, abs=0.1)
    assert np.isnan(frechet_distance(one, one[:1]))


def test_a_probe_hears_classes_that_differ():
    rng = np.random.default_rng(0)
    drum = rng.integers(0, 3, 120)
    patterns = 0.5 * rng.standard_normal((3, 40, 80))
    mel = torch.from_numpy(rng.standard_normal((120, 40, 80)) + patterns[drum]).float()
    probe = train_drum_probe(mel, drum, 3, steps=200, seed=0)
    heard = probe(mel).argmax(1).numpy()
    assert (heard == drum).mean() > 0.95


def test_the_command_line_evaluates_and_updates(tiny_drum_machine, drum_sounds, tmp_path, monkeypatch):
    import shutil

    from typer.testing import CliRunner

    from symvae.cli.main import app

    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_drum_machine, tmp_path / "run")
    words = ["evaluate", "run", "--data", str(drum_sounds), "--quick"]
    result = CliRunner().invoke(app, [*words, "--update-model", "--out", "report", "--split", "validation"])
    assert result.exit_code == 0, result.stderr
    assert "### Reconstruction" in result.stdout
    card = (tmp_path / "run/model/CARD.md").read_text()
    assert "| test |" in card
    assert "analog synthesis" in card
    metrics = json.loads((tmp_path / "run/model/metrics.json").read_text())
    assert metrics["validation"]["split"] == "validation"
    assert (tmp_path / "report/report.md").is_file()
    load_drum_machine(tmp_path / "run")
    wrong = CliRunner().invoke(app, [*words, "--split", "holdout"])
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "There is no split 'holdout'" in wrong.stderr


def test_sounds_of_other_classes_are_refused(tiny_drum_machine, drum_sounds, monkeypatch):
    monkeypatch.setattr("symvae.corpus.sound_shards.SoundShards.classes", ("kick",))
    with pytest.raises(ConfigError, match="sounds of other classes"):
        pipeline.evaluate_oneshots(tiny_drum_machine, drum_sounds, progress=lambda name, share: None)


def test_figures_of_the_decoder(figures, tiny_drum_machine, drum_sounds):
    decoding = figures["decoding"]
    assert decoding["griffin_lim"]["lsd_db"] > 0
    assert decoding["khz_a_core"] > 0
    assert "first 5 ms, dB" in to_markdown(figures)
    wave = torch.from_numpy(open_sounds(drum_sounds).split("test").waves(slice(4)))
    late = torch.roll(wave, 40, 1)
    assert (attack_distance_db(wave, wave) == 0).all()
    assert attack_distance_db(late, wave).mean() > 3
