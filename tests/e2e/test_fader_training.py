"""Runs of `train-faders`: an editor of a trained model, from the command line, resumed and refused."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from typer.testing import Result

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.config.run import FaderConfig, RunConfig
from symvae.corpus.shards import open_shards
from symvae.errors import TrainingError
from symvae.system.artifacts import load_config, load_scales, save_scales
from symvae.system.faders.scales import Scales
from symvae.system.symvae import SymVAE
from symvae.training.tasks.faders import train_faders
from symvae.training.tasks.phrase import train
from tests.conftest import TINY
from tests.e2e.test_coordinates import NAMES, rows, run_cli, settings

ATTRIBUTES = 'faders.attributes=["register", "notes_per_bar"]'
QUICK = (
    ATTRIBUTES,
    *("faders.width=32", "faders.layers=1", "faders.steps=6", "faders.reading_steps=3"),
    *("faders.batch_size=8", "faders.evaluate_every=2"),
)
SMALL = ("--set", "faders.batch_size=8")


def quick(**more) -> FaderConfig:
    sizes = {"width": 32, "layers": 1, "steps": 6, "reading_steps": 3, "batch_size": 8, "evaluate_every": 2}
    return FaderConfig(**{"attributes": NAMES, **sizes, **more})


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def learn(model: Path, shards: Path, run: Path, *more: object) -> Result:
    return run_cli("train-faders", model, "--data", shards, "--out", run, *settings(*QUICK), *more)


def test_training_adds_faders_to_a_model(model: Path, shards: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    before = (model / "model.safetensors").read_bytes()
    result = learn(model, shards, run, "--update-model")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{run / 'faders.safetensors'}\n"
    assert f"symvae evaluate {model} --data {shards} --control" in result.stderr
    figures = rows(run)
    assert [row["step"] for row in figures] == ["2", "4", "6"]
    parts = ["asked", "staying", "content", "reading"]
    assert list(figures[0]) == ["step", *parts, *(p + name for name in NAMES for p in ("", "read_"))]
    for name in ("faders.json", "faders.safetensors"):
        assert (model / name).read_bytes() == (run / name).read_bytes()
    assert (model / "model.safetensors").read_bytes() == before
    faded = symvae.load(model)
    assert faded.config.faders == quick()
    assert list(faded.faders) == list(NAMES)
    phrase = faded.sample(1, prior="gaussian")[0]
    assert faded.fade(phrase, {"register": 70.0}, best_of=2).grid == faded.grid


def test_a_single_fader_is_evaluated(model: Path, shards: Path, tmp_path: Path) -> None:
    """Restrictiveness and modularity need a second one, and are null."""
    one = ("--set", 'faders.attributes=["register"]', "--update-model")
    assert learn(model, shards, tmp_path / "run", *one).exit_code == 0
    result = run_cli("evaluate", model, "--data", shards, "--control", "--quick", "--out", tmp_path)
    assert result.exit_code == 0, result.stderr
    part = json.loads((tmp_path / "metrics.json").read_text())["control"]
    assert part["faders"]["register"]["positions"]["restrictiveness"] is None
    assert part["disentanglement"]["modularity"] is None
    assert 0 < part["disentanglement"]["sap"] < 1
    assert "modularity –" in (tmp_path / "report.md").read_text()


def test_without_update_model_the_model_stays_as_it_is(model: Path, shards: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    assert learn(model, shards, tmp_path / "run").exit_code == 0
    assert {path.name: path.read_bytes() for path in model.iterdir()} == before


def test_a_run_stopped_and_resumed_ends_bit_equal(tiny_model: Path, shards: Path, tmp_path: Path) -> None:
    """Stopped while only the predictor is trained, between two checkpoints, and while the editor is."""
    data, choice = open_shards(shards), quick()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train_faders(SymVAE.load(tiny_model), choice, data, whole)
    steps: list[int] = []

    def part(**more) -> None:
        train_faders(
            SymVAE.load(tiny_model), choice, data, parts, watch=lambda now: steps.append(now.step), **more
        )

    part(stopping=lambda: steps[-1] == 1)
    part(resume=True, stop_after=3)
    part(resume=True, stopping=lambda: steps[-1] == 5)
    part(resume=True)
    assert steps == [1, 2, 3, 4, 5, 6]
    a, b = (torch.load(run / "faders-state.pt", weights_only=True) for run in (whole, parts))
    assert a["step"] == b["step"] == 6
    for name in ("editor", "average", "reader"):
        for key, weight in a[name].items():
            assert torch.equal(weight, b[name][key]), f"{name}.{key}"
    for name in ("faders.json", "faders.safetensors", "log.csv"):
        assert (whole / name).read_bytes() == (parts / name).read_bytes(), name


def test_a_run_can_be_resumed_from_the_command_line(tiny_model: Path, shards: Path, tmp_path: Path) -> None:
    train_faders(SymVAE.load(tiny_model), quick(), open_shards(shards), tmp_path / "run", stop_after=2)
    result = learn(tiny_model, shards, tmp_path / "run", "--resume")
    assert result.exit_code == 0, result.stderr
    assert [row["step"] for row in rows(tmp_path / "run")] == ["2", "4", "6"]


def test_a_folder_in_use_and_one_that_is_empty_are_refused(model: Path, shards: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = learn(model, shards, run, "--resume")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: There is nothing to resume in {run}: it has no faders-state.pt. "
        "Leave out --resume to start.\n"
    )
    assert not run.exists()
    train_faders(SymVAE.load(model), quick(), open_shards(shards), run, stop_after=2)
    result = learn(model, shards, run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: {run} already holds a run. Add --resume to go on with it, or choose another folder.\n"
    )


@pytest.mark.parametrize("other", ["state.pt", "prior-state.pt"])
def test_the_folder_of_another_training_is_refused(model, shards, tmp_path, other: str) -> None:
    """Its log would be lost."""
    run = tmp_path / "run"
    run.mkdir()
    (run / other).touch()
    (run / "log.csv").write_text("step\n4\n")
    result = learn(model, shards, run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: {run} holds a training of another kind ({other}). Choose another folder.\n"
    )
    assert (run / "log.csv").read_text() == "step\n4\n"


def test_resuming_with_other_weights_or_choices_is_refused(model: Path, shards: Path, tmp_path: Path) -> None:
    run, data = tmp_path / "run", open_shards(shards)
    train_faders(SymVAE.load(model), quick(), data, run, stop_after=2)
    for other in (quick(width=64), quick(attributes=("register", "contour")), quick(seed=1)):
        with pytest.raises(TrainingError, match=r"other choices \(faders\.(width|attributes|seed)\)"):
            train_faders(SymVAE.load(model), other, data, run, resume=True)
    weights = model / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    result = learn(model, shards, run, "--resume")
    assert result.exit_code == 1
    assert result.stderr == (
        f"symvae: {model} has other weights than {run / 'faders-state.pt'} began with. Start a new run.\n"
    )


@pytest.mark.parametrize(
    ("words", "status", "fault"),
    [
        (["--set", "training.steps=5"], 2, "'training.steps=5' is not of the faders: give faders.key=value"),
        (["--set", "faders.stepz=5"], 1, "There is no key 'faders.stepz'"),
        (["--set", "faders.steps=0"], 1, "faders.steps must be a number of at least 1, not 0."),
        (
            ["--set", "faders.reading_steps=-1"],
            1,
            "faders.reading_steps must be a number of at least 0, not -1.",
        ),
        (["--set", "faders.width=40"], 1, "faders.width must be a multiple of 32, not 40."),
        (
            ["--set", "faders.attributes=register"],
            1,
            "'faders.attributes' is a list of words, not 'register'.",
        ),
        (
            ["--set", 'faders.attributes=["mode", "mode"]'],
            1,
            "faders.attributes names 'mode' twice. Name each once.",
        ),
        (
            ["--set", "faders.attributes=[]"],
            1,
            "There is no attribute to learn a fader for. Set faders.attrib",
        ),
        (
            ["--set", 'faders.attributes=["loudness"]', *SMALL],
            1,
            "There is no attribute loudness. Known: notes_per_bar,",
        ),
        (
            ["--set", 'faders.attributes=["register", "tempo"]', *SMALL],
            1,
            "tempo is the same in all training phrases: there is nothing to learn a fader from.",
        ),
        (
            ["--set", ATTRIBUTES],
            1,
            "fewer than one batch of 128. Prepare more music or set a lower batch_size. "
            "For this music: --set faders.batch_size=",
        ),
        (["--device", "toaster"], 2, "--device"),
    ],
)
def test_wrong_choices_are_refused(tiny_model, shards, tmp_path, words, status, fault) -> None:
    result = run_cli("train-faders", tiny_model, "--data", shards, "--out", tmp_path / "run", *words)
    assert (result.exit_code, result.stdout) == (status, "")
    message = " ".join(result.stderr.replace("│", " ").split())
    assert fault in message
    assert "Traceback" not in result.stderr
    if status == 1:
        assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_flat_model_cannot_have_faders(shards: Path, tmp_path: Path) -> None:
    few = ('model.decoder="flat"', "training.steps=1", "training.batch_size=4")
    folder = train(with_overrides(load_preset("melody-2bar"), [*TINY, *few]), shards, tmp_path / "flat")
    with pytest.raises(TrainingError, match="a flat model has none"):
        train_faders(SymVAE.load(folder), quick(), open_shards(shards), tmp_path / "run")


def test_scales_are_those_of_the_configured_attributes_in_their_order(model, shards, tmp_path) -> None:
    for names in (("contour", "register"), ("register", "contour")):
        run = tmp_path / names[0]
        train_faders(SymVAE.load(model), quick(attributes=names, steps=1), open_shards(shards), run)
        assert tuple(json.loads((run / "faders.json").read_text())["faders"]) == names


def test_a_config_with_faders_survives_saving(model: Path, shards: Path, tmp_path: Path) -> None:
    """Lists of words in JSON become tuples again."""
    assert learn(model, shards, tmp_path / "run", "--update-model").exit_code == 0
    config = load_config(model)
    assert isinstance(config, RunConfig)
    assert config.faders.attributes == NAMES
    scales = load_scales(model)
    assert isinstance(scales, Scales)
    save_scales(tmp_path, scales)
    assert (tmp_path / "faders.json").read_bytes() == (model / "faders.json").read_bytes()
