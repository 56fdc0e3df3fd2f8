"""Trainings of models whose first coordinates of z are faders: regularized, conditioned, resumed, refused.

What such a small model learns in a second is little, so only what is easy is asked of it.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner, Result

import symvae
from symvae.cli.main import app
from symvae.config.load import load_preset, with_overrides
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards, open_shards
from symvae.errors import ConfigError, CorpusError
from symvae.music.phrase import Phrase
from symvae.objective.regularization import squared
from symvae.system.artifacts import load_scales
from symvae.system.faders.scales import measure_ids
from symvae.system.families import check_family
from symvae.system.symvae import SymVAE
from symvae.training.tasks.phrase import train
from tests.conftest import TINY

NAMES = ("register", "notes_per_bar")


def settings(*values: str) -> list[str]:
    return [word for value in values for word in ("--set", value)]


def run_cli(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def train_ids(shards: Shards) -> np.ndarray:
    return windows(shards, "train", 2).ids


WITH_COORDINATES = (
    *TINY,
    *('model.faders=["register", "notes_per_bar"]', "name=coordinates"),
    *("training.steps=120", "training.evaluate_every=120", "training.batch_size=32"),
    *("training.learning_rate=1e-2", "training.ema_decay=0.9", "objective.beta=0.01"),
)


@pytest.fixture(scope="module")
def coordinates(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a model whose first two coordinates are its faders, from the command line."""
    run = tmp_path_factory.mktemp("coordinates") / "run"
    result = run_cli(
        *("train", "--preset", "melody-2bar", "--data", shards, "--out", run),
        *settings(*WITH_COORDINATES, "objective.regularization=value"),
    )
    assert result.exit_code == 0, result.stderr
    return run


def test_coordinates_become_the_positions_of_their_attributes(coordinates: Path, shards: Path) -> None:
    model, data = symvae.load(coordinates), open_shards(shards)
    assert model.config.model.faders == NAMES
    assert list(model.faders) == list(NAMES)
    ids = train_ids(data)
    with torch.no_grad():
        z = model.vae.encoder(torch.from_numpy(ids.astype(np.int64))).mean[:, :2]
    wanted = model.scales.positions(measure_ids(data.tokenizer, NAMES, ids))
    for fader in range(2):
        assert torch.corrcoef(torch.stack([z[:, fader], wanted[:, fader]]))[0, 1] > 0.6
    last = rows(coordinates)[-1]
    assert 0 < float(last["train_regularization"]) < 10 * squared(torch.zeros_like(wanted), wanted)


def decoded_at(model: SymVAE, phrases: list[Phrase], register: float) -> list[Phrase]:
    """Decode with the register set there, without refinement, which could make up for z."""
    wishes = [{"register": register}] * len(phrases)
    return model.fade_each(phrases, wishes, hold=["notes_per_bar"], refine=False)


def test_setting_the_register_moves_the_music(coordinates: Path, shards: Path) -> None:
    """Set low and high, the same phrases are decoded lower and higher on average."""
    model = symvae.load(coordinates)
    phrases = model.to_phrases(torch.from_numpy(train_ids(open_shards(shards)).astype(np.int64)))
    low, high = (model.measure(decoded_at(model, phrases, wish)) for wish in (56.0, 76.0))
    assert high["register"].mean() > low["register"].mean() + 1


@pytest.mark.parametrize("kind", ["attribute", "sign", "none", "glsr", "condition", "adversarial"])
def test_every_other_regularization_trains(shards: Path, tmp_path: Path, kind: str) -> None:
    few = ("training.steps=2", "training.evaluate_every=2", "training.batch_size=8")
    choice = [*WITH_COORDINATES, *few, f'objective.regularization="{kind}"']
    folder = train(with_overrides(load_preset("melody-2bar"), choice), shards, tmp_path / "run")
    assert (float(rows(tmp_path / "run")[-1]["train_regularization"]) > 0) == (kind != "none")
    ends = load_scales(folder).calibrations[0].position
    assert (ends.tolist() == [-4.0, 4.0]) == (kind == "attribute")


@pytest.mark.parametrize("kind", ["glsr", "adversarial"])
def test_a_run_with_a_critic_stopped_and_resumed_ends_bit_equal(shards, tmp_path, kind: str) -> None:
    few = ("training.steps=4", "training.evaluate_every=2", "training.batch_size=8")
    choice = [*WITH_COORDINATES, *few, f'objective.regularization="{kind}"']
    config = with_overrides(load_preset("melody-2bar"), choice)
    train(config, shards, tmp_path / "whole")
    train(config, shards, tmp_path / "parts", stop_after=2)
    train(config, shards, tmp_path / "parts", resume=True)
    a, b = (torch.load(tmp_path / run / "state.pt", weights_only=True) for run in ("whole", "parts"))
    for part in ("model", "critic"):
        for name, weight in a[part].items():
            assert torch.equal(weight, b[part][name]), f"{part}.{name}"


def test_a_decoder_conditioned_on_positions_follows_them(shards: Path, tmp_path: Path) -> None:
    """After a short training it follows a little."""
    choice = [*WITH_COORDINATES, "objective.regularization=condition"]
    model = SymVAE.load(train(with_overrides(load_preset("melody-2bar"), choice), shards, tmp_path / "run"))
    phrases = model.to_phrases(torch.from_numpy(train_ids(open_shards(shards)).astype(np.int64)))
    low, high = (model.measure(decoded_at(model, phrases, wish)) for wish in (56.0, 76.0))
    assert high["register"].mean() > low["register"].mean() + 1


def test_glsr_needs_tokens_at_fixed_places() -> None:
    choice = ['model.faders=["register"]', "objective.regularization=glsr"]
    config = with_overrides(load_preset("piano-4bar-faders"), choice)
    with pytest.raises(ConfigError, match=r"'glsr' reads tokens at fixed places, and a piano's bar has none"):
        check_family(config)


def test_a_regularization_without_attributes_is_refused() -> None:
    with pytest.raises(ConfigError) as refused:
        with_overrides(load_preset("melody-2bar"), ["objective.regularization=sign"])
    assert str(refused.value) == (
        "objective.regularization is 'sign', and model.faders names no attribute for it. "
        "Name some, or set it to 'none'."
    )


@pytest.mark.parametrize(
    ("faders", "message"),
    [
        ('["register", "register"]', "model.faders names 'register' twice. Name each once."),
        ('"register"', "'model.faders' is a list of words, not 'register'."),
        ("[1]", "'model.faders' is a list of words, not [1]."),
    ],
)
def test_faders_that_are_no_list_of_attributes_are_refused(faders: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        with_overrides(load_preset("melody-2bar"), [f"model.faders={faders}"])
    assert str(refused.value) == message


def test_more_faders_than_coordinates_are_refused() -> None:
    few = ["model.latent_size=2", 'model.faders=["register", "contour"]']
    with pytest.raises(
        ConfigError, match=r"^model\.faders needs 2 coordinates of z beside those for the notes"
    ):
        with_overrides(load_preset("melody-2bar"), few)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("loudness", ConfigError, "There is no attribute loudness. Known: "),
        ("tempo", CorpusError, "tempo is the same in all training phrases: there is nothing to learn"),
    ],
)
def test_attributes_that_cannot_be_learned_are_refused(shards, tmp_path, name, error, message) -> None:
    choice = with_overrides(load_preset("melody-2bar"), [*TINY, f'model.faders=["{name}"]'])
    with pytest.raises(error, match=message):
        train(choice, shards, tmp_path / "run")
    assert not (tmp_path / "run").exists()
