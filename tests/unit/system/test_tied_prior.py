"""Priors over bars whose maps between z and the bars are the model's own."""

import shutil

import pytest
import torch
from safetensors.torch import load_file

import symvae
from symvae.config.prior import PriorConfig
from symvae.corpus.shards import open_shards
from symvae.errors import CheckpointError, ConfigError
from symvae.models.flow.velocity import Z_MAPS
from symvae.system.artifacts import load_prior
from symvae.system.build import bar_maps
from symvae.training.tasks.prior import train_prior

CHOICE = PriorConfig(velocity="bars", width=32, layers=1, steps=4, batch_size=8, tied_maps=True)


@pytest.fixture(scope="module")
def folder(tiny_model, shards, tmp_path_factory):
    """A model folder with a tied prior."""
    folder = shutil.copytree(tiny_model, tmp_path_factory.mktemp("tied") / "model")
    train_prior(symvae.load(folder), CHOICE, open_shards(shards), folder.parent / "run")
    shutil.copy(folder.parent / "run" / "prior.safetensors", folder)
    return folder


def test_a_tied_prior_keeps_its_maps_and_its_file_holds_none(folder) -> None:
    model = symvae.load(folder)
    prior = model.prior
    maps = bar_maps(model.vae, prior.active)
    assert torch.equal(prior.velocity.unfold.weight, maps.unfold)
    assert torch.equal(prior.velocity.project.weight, maps.project)
    assert prior.velocity.tied
    assert prior.velocity.end.weight.abs().sum() > 0  # the rest has learned
    assert not [name for name in load_file(folder / "prior.safetensors") if name.endswith(Z_MAPS)]


def test_a_model_is_saved_with_its_tied_prior(folder, tmp_path) -> None:
    model = symvae.load(folder)
    model.save(tmp_path / "copy")
    again = symvae.load(tmp_path / "copy")
    assert (tmp_path / "copy" / "prior.safetensors").read_bytes() == (
        folder / "prior.safetensors"
    ).read_bytes()
    z = torch.zeros(2, int(model.prior.active.sum()))
    now = torch.full((2, 1), 0.5)
    assert torch.equal(model.prior.velocity(z, now), again.prior.velocity(z, now))


def test_a_tied_prior_without_its_model_is_refused(folder) -> None:
    with pytest.raises(CheckpointError, match="train-prior"):
        load_prior(folder)


def test_only_priors_over_bars_have_maps() -> None:
    with pytest.raises(ConfigError, match="tied_maps"):
        PriorConfig(tied_maps=True)
