"""Trainings of phrase models: from fresh weights, resumed, fine-tuned, warm-started, interrupted."""

import csv
import dataclasses
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

import symvae
from symvae.cli.main import app
from symvae.config.load import load_preset, with_overrides
from symvae.config.run import PriorConfig, RunConfig
from symvae.corpus.shards import open_shards
from symvae.errors import TrainingError
from symvae.models.flow.prior import FlowPrior
from symvae.music.phrase import Phrase
from symvae.system.artifacts import load_config, save_config, save_prior
from symvae.system.build import build_prior
from symvae.system.symvae import SymVAE
from symvae.training.latent_fit import fit_latent
from symvae.training.loop import Progress
from symvae.training.processes import own_device
from symvae.training.tasks.phrase import train
from symvae.training.tasks.prior import calibrate, train_prior
from tests.conftest import ROOT, TINY


def settings(*more: str) -> list[str]:
    return [word for value in (*TINY, *more) for word in ("--set", value)]


def config(*more: str) -> RunConfig:
    return with_overrides(load_preset("melody-2bar"), [*TINY, *more])


def state(run: Path) -> dict:
    return torch.load(run / "state.pt", weights_only=True)


def run_cli(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def assert_equal(a: object, b: object, where: str = "state") -> None:
    """Bit-equal, through all nesting."""
    assert type(a) is type(b), where
    if isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key in a:
            assert_equal(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list | tuple):
        assert len(a) == len(b), where
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            assert_equal(left, right, f"{where}[{index}]")
    elif isinstance(a, torch.Tensor):
        assert torch.equal(a, b), where
    else:
        assert a == b, where


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "phrases_per_sec"} for row in csv.DictReader(file)]


def test_a_training_from_fresh_weights(shards, tmp_path):
    run = tmp_path / "run"
    words = ["train", "--preset", "melody-2bar", "--data", shards, "--out", run, *settings()]
    result = run_cli(*words)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{run / 'model'}\n"
    assert [row["step"] for row in rows(run)] == ["4", "8"]
    model = symvae.load(run)
    assert (model.name, model.latent_size) == ("tiny", 16)
    assert len(model.sample(2, prior="gaussian")) == 2
    again = run_cli(*words)
    assert again.exit_code == 1
    assert "already holds a run" in again.stderr


def test_a_run_killed_and_resumed_ends_bit_equal(shards, tmp_path):
    """Stopped before its first checkpoint, at one, and killed two steps after it."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(config(), shards, whole)
    train(config(), shards, parts, stop_after=3)
    train(config(), shards, parts, stop_after=4, resume=True)

    def kill(progress: Progress) -> None:
        if progress.step == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(config(), shards, parts, resume=True, watch=kill)
    assert state(parts)["step"] == 4
    resumed = run_cli(
        "train", "--preset", "melody-2bar", "--data", shards, "--out", parts, "--resume", *settings()
    )
    assert resumed.exit_code == 0, resumed.stderr
    assert_equal(state(parts), state(whole))
    assert rows(parts) == rows(whole)
    weights = "model/model.safetensors"
    assert (parts / weights).read_bytes() == (whole / weights).read_bytes()


def test_checkpoints_are_compared_only_under_the_final_beta(shards, tmp_path):
    """Before, the newest is kept: under a smaller beta any model is more accurate."""
    choice = config("objective.beta_until=0.9", "training.patience=1", "training.learning_rate=1e-30")
    train(choice, shards, tmp_path, stop_after=4)
    assert state(tmp_path)["best"] == float("-inf")
    assert (tmp_path / "model/model.safetensors").is_file()
    train(choice, shards, tmp_path, resume=True)
    assert state(tmp_path)["best"] >= 0
    assert state(tmp_path)["stale"] == 0


def test_resuming_with_other_choices_is_refused(shards, tmp_path):
    train(config(), shards, tmp_path / "run", stop_after=2)
    result = run_cli(
        *("train", "--preset", "melody-2bar", "--data", shards, "--out", tmp_path / "run", "--resume"),
        *settings("objective.beta=0.9"),
    )
    assert result.exit_code == 1
    assert "objective.beta" in result.stderr


def test_fine_tuning_starts_from_the_weights_of_the_model(shards, tiny_model, tmp_path):
    run = tmp_path / "run"
    result = run_cli(
        *("train", "--preset", "melody-2bar", "--data", shards, "--out", run, "--from", tiny_model),
        *settings("training.steps=1", "training.learning_rate=1e-30", "training.precision=fp32"),
    )
    assert result.exit_code == 0, result.stderr
    before, after = load_file(tiny_model / "model.safetensors"), load_file(run / "model/model.safetensors")
    assert_equal(before, after)


@pytest.mark.parametrize("choice", ["model.latent_size=8", 'model.decoder="flat"'])
def test_fine_tuning_with_other_sizes_is_refused(shards, tiny_model, tmp_path, choice):
    with pytest.raises(
        TrainingError, match=rf"other sizes than the preset \({choice.split('=')[0]} .*Choose"
    ):
        train(config(choice), shards, tmp_path / "run", start_from=tiny_model)


def test_each_process_takes_the_gpu_of_its_local_rank(monkeypatch):
    chosen: list[int] = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert own_device("cuda") == "cuda:3"
    assert chosen == [3]
    assert own_device("cpu") == "cpu"
    monkeypatch.setenv("LOCAL_RANK", "4")
    with pytest.raises(TrainingError, match="Start no more processes than GPUs"):
        own_device("cuda")


def test_a_longer_model_starts_from_a_one_bar_model(shards, tmp_path):
    one_bar = ["model.phrase_size=0", "model.conductor_size=0", "model.latent_size=8"]
    bar = tmp_path / "bar"
    result = run_cli(
        *("train", "--preset", "melody-1bar", "--data", shards, "--out", bar, *settings(*one_bar)),
    )
    assert result.exit_code == 0, result.stderr
    run = tmp_path / "run"
    grown = run_cli(
        *("train", "--preset", "melody-2bar", "--data", shards, "--out", run, "--from", bar, *settings()),
    )
    assert grown.exit_code == 0, grown.stderr
    assert symvae.load(run).grid.bars == 2


def test_early_stopping(shards, tmp_path):
    """At this learning rate nothing improves after the first validation: patience 2 ends it at the third."""
    run = tmp_path / "run"
    choice = config(
        *("training.steps=40", "training.learning_rate=1e-30", "training.patience=2"),
        "objective.beta_schedule=constant",
    )
    train(choice, shards, run)
    assert [row["step"] for row in rows(run)] == ["4", "8", "12"]


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_can_be_resumed(shards, tmp_path, signal_number):
    run = tmp_path / "run"
    many = ("training.steps=100000", "training.evaluate_every=3")
    training = subprocess.Popen(
        [
            *(sys.executable, "-m", "symvae", "train", "--preset", "melody-2bar", "--data", str(shards)),
            *("--out", str(run), *settings(*many)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert training.stderr is not None
    first = training.stderr.readline()
    training.send_signal(signal_number)
    out, rest = training.communicate(timeout=60)
    assert training.returncode == 128 + signal_number, rest
    assert first.startswith("step 3: ")
    assert out == ""
    last = rest.splitlines()[-1]
    assert last.startswith("Stopped after step ")
    assert f"symvae train --preset melody-2bar --data {shards} --out {run}" in last
    assert last.endswith("--resume")
    stopped = state(run)["step"]
    train(config(*many), shards, run, resume=True, stop_after=stopped + 2)
    assert state(run)["step"] == stopped + 2


PRIOR = ("prior.velocity=bars", "prior.width=32", "prior.layers=1", "prior.steps=6", "prior.batch_size=8")


def prior_config(model: Path) -> PriorConfig:
    return with_overrides(load_config(model), [*PRIOR, "prior.home_key=true", "prior.evaluate_every=2"]).prior


def test_a_prior_stopped_and_resumed_ends_bit_equal(tiny_model, shards, tmp_path):
    model, data, choice = SymVAE.load(tiny_model), open_shards(shards), prior_config(tiny_model)
    train_prior(model, choice, data, tmp_path / "whole")
    train_prior(model, choice, data, tmp_path / "parts", stop_after=2)
    steps: list[int] = []
    train_prior(
        model,
        choice,
        data,
        tmp_path / "parts",
        resume=True,
        watch=lambda now: steps.append(now.step),
        stopping=lambda: steps[-1:] == [3],
    )
    assert steps[-1] == 3
    train_prior(model, choice, data, tmp_path / "parts", resume=True)
    states = [torch.load(tmp_path / run / "prior-state.pt", weights_only=True) for run in ("whole", "parts")]
    assert_equal(*states)
    assert rows(tmp_path / "whole") == rows(tmp_path / "parts")
    other = dataclasses.replace(choice, layers=2)
    with pytest.raises(TrainingError, match=r"other choices \(prior\.layers\)"):
        train_prior(model, other, data, tmp_path / "parts", resume=True)
    with pytest.raises(TrainingError, match="already holds a run"):
        train_prior(model, choice, data, tmp_path / "parts")
    with pytest.raises(TrainingError, match="nothing to resume"):
        train_prior(model, choice, data, tmp_path / "empty", resume=True)


def test_a_trained_prior_is_sampled_from_and_left_by_the_latent_fit(tiny_model, shards, tmp_path):
    """`train-prior --update-model` on a copy: samples change, and no other prior is fitted."""
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    before = symvae.load(model).draw(3, seed=1)
    words = [word for value in PRIOR for word in ("--set", value)]
    run = tmp_path / "run"
    result = run_cli("train-prior", model, "--data", shards, "--out", run, "--update-model", *words)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{run / 'prior.safetensors'}\n"
    assert (model / "prior.safetensors").read_bytes() == (run / "prior.safetensors").read_bytes()
    after = symvae.load(model)
    assert not torch.equal(after.draw(3, seed=1), before)
    fitted = fit_latent(after, open_shards(shards), phrases=50, prior_steps=1)
    assert not fitted.fitted
    assert not any(name.startswith("prior.") for name in fitted.tensors())
    assert torch.equal(
        fitted.prior.sample(2, torch.Generator().manual_seed(0)), after.draw(2, seed=0, form="free")
    )


def test_the_latent_fit_knows_what_a_prior_is_conditioned_on(tiny_model, shards, tmp_path):
    """Without its conditions a prior over attributes cannot be measured by its draws."""
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    names = ("notes_per_bar", "pitch_range")
    choice = PriorConfig(velocity="bars", width=32, layers=1, attributes=names)
    model = SymVAE.load(folder)
    save_config(folder, dataclasses.replace(model.config, prior=choice))
    save_prior(folder, build_prior(choice, model.vae, torch.ones(model.latent_size, dtype=torch.bool), 0))
    assert fit_latent(SymVAE.load(folder), open_shards(shards), phrases=50).prior.conditions == names


def test_the_noise_of_a_prior_is_calibrated_by_its_draws(tiny_model, shards, monkeypatch):
    """Draws have half the echo of repetition and .45 times the scale of onsets; held-out ones .35 and .5."""
    model = SymVAE.load(tiny_model)
    monkeypatch.setattr(
        FlowPrior, "sample", lambda self, count, chance: {"echo": self.echo, "scale": self.noise_scale}
    )

    class Drawn(list):
        """Phrases that stand for the settings that they were drawn with."""

    def phrases(z):
        music = Drawn([Phrase(model.grid)]) if isinstance(z, dict) else [Phrase(model.grid)]
        if isinstance(z, dict):
            music.settings = {name: float(value) for name, value in z.items()}
        return music

    monkeypatch.setattr(model, "decode_ids", lambda z: z)
    monkeypatch.setattr(model, "to_phrases", phrases)

    def measured(of, names):
        set_to = of.settings if isinstance(of, Drawn) else None
        repeated, notes = (set_to["echo"] / 2, 0.45 * set_to["scale"]) if set_to else (0.35, 0.5)
        return {
            "repeated_bar_share": np.array([float(repeated)]),
            "onset_density": np.array([float(notes)]),
        }

    monkeypatch.setattr(model, "measure", measured)
    calibrate(model, model.prior, open_shards(shards))
    assert float(model.prior.echo) == pytest.approx(0.8)
    assert float(model.prior.noise_scale) == pytest.approx(1.1)
