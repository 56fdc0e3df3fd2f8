"""Runs of an earlier release are resumed from their states and end bit-equal."""

from pathlib import Path

import torch

from symvae.corpus.shards import open_shards
from symvae.system.symvae import SymVAE
from symvae.system.weight_file import _RENAMED_PARTS
from symvae.training.tasks.phrase import train
from symvae.training.tasks.prior import train_prior
from tests.e2e.test_training import assert_equal, config, prior_config

#: Parts of tensor names today, and as the last release spelled them.
EARLIER = {today: before for before, today in _RENAMED_PARTS.items()}


def earlier(name: str) -> str:
    """The name of a tensor in the last release."""
    return ".".join(EARLIER.get(part, part) for part in name.split("."))


def as_of_the_last_release(path: Path) -> None:
    """Rewrite a state under the names that the last release had for a choice and for weights."""
    stored = torch.load(path, weights_only=True)
    prior = stored["config"]["prior"]
    prior["middle_times"] = prior.pop("time_sampling") == "logit_normal"
    for part in ("model", "average"):
        if part in stored:
            stored[part] = {earlier(name): weight for name, weight in stored[part].items()}
    torch.save(stored, path)


def test_a_run_of_a_model_is_resumed(shards, tmp_path):
    train(config(), shards, tmp_path / "whole")
    train(config(), shards, tmp_path / "parts", stop_after=4)
    as_of_the_last_release(tmp_path / "parts/state.pt")
    stored = torch.load(tmp_path / "parts/state.pt", weights_only=True)
    assert any(part in EARLIER.values() for name in stored["model"] for part in name.split("."))
    train(config(), shards, tmp_path / "parts", resume=True)
    states = [torch.load(tmp_path / run / "state.pt", weights_only=True) for run in ("whole", "parts")]
    assert_equal(*states)


def test_a_run_of_a_prior_is_resumed(tiny_model, shards, tmp_path):
    """Earlier states contain the scheduler and no score."""
    model, data, choice = SymVAE.load(tiny_model), open_shards(shards), prior_config(tiny_model)
    train_prior(model, choice, data, tmp_path / "whole")
    train_prior(model, choice, data, tmp_path / "parts", stop_after=2)
    path = tmp_path / "parts/prior-state.pt"
    as_of_the_last_release(path)
    stored = torch.load(path, weights_only=True)
    del stored["best"], stored["stale"]
    torch.save({**stored, "rate": {"last_epoch": 2, "total_steps": choice.steps}}, path)
    train_prior(model, choice, data, tmp_path / "parts", resume=True)
    states = [torch.load(tmp_path / run / path.name, weights_only=True) for run in ("whole", "parts")]
    assert_equal(*states)
