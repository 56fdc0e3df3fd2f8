"""Saving: a model that was saved and loaded again gives the same answers, and no other folder is replaced."""

from pathlib import Path

import pytest
import torch

import symvae
from symvae.errors import CheckpointError
from symvae.music.phrase import Phrase
from symvae.system import artifacts
from symvae.system.symvae import SymVAE
from tests.conftest import TUNES


def answers(model: SymVAE, phrase: Phrase) -> list:
    """One result of each part: network, prior, attribute vectors, and faders where it has them."""
    return [
        model.encode(phrase).mean.tolist(),
        model.reconstruct(phrase, temperature=1.0, seed=3),
        model.draw(2, seed=4).tolist(),
        model.infill(phrase, [1], 1, seed=5),
        {name: vector.tolist() for name, vector in model.directions.items()},
        model.metrics,
        model.faders and model.fade(phrase, {"register": "+3", "notes_per_bar": "+1"}, refine=False),
        model.faders,
    ]


@pytest.fixture(scope="module")
def phrase(tiny_model: Path) -> Phrase:
    return symvae.read(TUNES / "ode_to_joy.mid", grid=symvae.load(tiny_model).grid)[0]


def test_a_saved_model_gives_the_same_answers(tiny_model: Path, phrase: Phrase, tmp_path: Path) -> None:
    model = symvae.load(tiny_model)
    model.save(tmp_path / "copy")
    again = symvae.load(tmp_path / "copy")
    assert again.config == model.config
    assert model.directions
    assert answers(again, phrase) == answers(model, phrase)


def test_every_file_of_a_released_model_is_saved(tmp_path: Path) -> None:
    model = symvae.load("melody-4bar-faders")
    model.save(tmp_path / "copy")
    again = symvae.load(tmp_path / "copy")
    assert {path.name for path in again.folder.iterdir()} == {path.name for path in model.folder.iterdir()}
    assert (again.folder / "CARD.md").read_text() == (model.folder / "CARD.md").read_text()
    assert again.scales.to_dict() == model.scales.to_dict()
    assert again.metrics == model.metrics


def test_a_fitted_prior_stays_with_the_vectors_and_is_saved_once(tmp_path: Path) -> None:
    """In a file of its own, the next evaluation would take it for one of `symvae train-prior`."""
    model = symvae.load("melody-2bar")
    model.save(tmp_path / "copy")
    again = symvae.load(tmp_path / "copy")
    assert {path.name for path in again.folder.iterdir()} == {path.name for path in model.folder.iterdir()}
    assert artifacts.load_prior(again.folder) is None
    assert again.prior is not None
    assert again.draw(2, seed=1).shape == (2, model.latent_size)


def test_a_trained_prior_replaces_a_fitted_one(tmp_path: Path) -> None:
    model = symvae.load("melody-2bar")
    model.save(tmp_path / "trained")
    artifacts.save_prior(tmp_path / "trained", model.prior)
    symvae.load(tmp_path / "trained").save(tmp_path / "copy")
    latent = artifacts.load_latent(tmp_path / "copy")
    assert latent
    assert not [name for name in latent if name.startswith("prior.")]
    assert artifacts.load_prior(tmp_path / "copy") is not None


def test_a_model_can_be_saved_over_itself(tiny_model: Path, phrase: Phrase, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    symvae.load(tiny_model).save(folder)
    before = answers(symvae.load(folder), phrase)
    symvae.load(folder).save(folder, force=True)
    assert answers(symvae.load(folder), phrase) == before


def test_a_changed_arousal_is_saved(tmp_path: Path) -> None:
    model = symvae.load("piano-4bar")
    arousal = model.scales.arousal
    assert arousal is not None
    flipped = type(arousal)(arousal.mean[::-1].copy(), arousal.covariance, arousal.score_at)
    model.with_arousal(flipped).save(tmp_path / "copy")
    saved = symvae.load(tmp_path / "copy").scales.arousal
    assert torch.equal(torch.from_numpy(saved.mean), torch.from_numpy(flipped.mean))


def test_folders_that_exist_are_kept(tiny_model: Path, tmp_path: Path) -> None:
    model = symvae.load(tiny_model)
    model.save(tmp_path / "model")
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.mid").write_bytes(b"MThd")
    for folder, force in (("model", False), ("music", False), ("music", True)):
        with pytest.raises(CheckpointError) as error:
            model.save(tmp_path / folder, force=force)
        assert str(error.value) == (
            f"{tmp_path / folder} exists already. Give another folder, or force=True to replace a model "
            "folder."
        )
    assert (tmp_path / "music" / "song.mid").read_bytes() == b"MThd"
