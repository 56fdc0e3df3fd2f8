"""The folder of a run: who may use it, and what its state file holds to."""

import dataclasses
from pathlib import Path

import pytest
import torch

from symvae.config.run import PriorConfig, RunConfig
from symvae.errors import TrainingError
from symvae.training.run import Base, RunFolder

CONFIG = RunConfig(prior=PriorConfig(time_sampling="logit_normal"))


def started(path: Path, name: str = "state.pt", base: Base | None = None) -> RunFolder:
    path.mkdir(exist_ok=True)
    folder = RunFolder.open(path, name, resume=False)
    folder.write(CONFIG, base, {"step": 3})
    return folder


def test_a_new_run_needs_no_folder_and_makes_none(tmp_path: Path) -> None:
    RunFolder.open(tmp_path / "run", "state.pt", resume=False)
    assert not (tmp_path / "run").exists()


def test_a_used_folder_is_refused(tmp_path: Path) -> None:
    started(tmp_path)
    with pytest.raises(TrainingError) as refused:
        RunFolder.open(tmp_path, "state.pt", resume=False)
    assert str(refused.value) == (
        f"{tmp_path} already holds a run. Add --resume to go on with it, or choose another folder."
    )


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_of_another_training_is_refused(tmp_path: Path, resume: bool) -> None:
    """Its log would be lost."""
    started(tmp_path, "prior-state.pt")
    with pytest.raises(TrainingError) as refused:
        RunFolder.open(tmp_path, "faders-state.pt", resume=resume)
    assert str(refused.value) == (
        f"{tmp_path} holds a training of another kind (prior-state.pt). Choose another folder."
    )


def test_an_empty_folder_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as refused:
        RunFolder.open(tmp_path, "state.pt", resume=True)
    assert str(refused.value) == (
        f"There is nothing to resume in {tmp_path}: it has no state.pt. Leave out --resume to start."
    )


def test_a_state_comes_back_under_the_same_choices(tmp_path: Path) -> None:
    started(tmp_path)
    folder = RunFolder.open(tmp_path, "state.pt", resume=True)
    assert folder.read(CONFIG, None)["step"] == 3


def test_every_other_choice_is_named(tmp_path: Path) -> None:
    folder = started(tmp_path)
    other = dataclasses.replace(CONFIG, name="other", prior=PriorConfig(layers=7))
    with pytest.raises(TrainingError) as refused:
        folder.read(other, None)
    names = "name, prior.layers, prior.time_sampling"
    assert str(refused.value) == (
        f"{tmp_path / 'state.pt'} was trained with other choices ({names}). "
        "Resume with the same preset and --set values, or start a run in another folder."
    )


@pytest.mark.parametrize(("middle", "name"), [(True, "logit_normal"), (False, "uniform")])
def test_choices_under_the_names_of_an_earlier_release_are_the_same_choices(
    tmp_path: Path, middle: bool, name: str
) -> None:
    folder = started(tmp_path)
    stored = torch.load(tmp_path / "state.pt", weights_only=True)
    del stored["config"]["prior"]["time_sampling"]
    stored["config"]["prior"]["middle_times"] = middle
    torch.save(stored, tmp_path / "state.pt")
    same, other = (
        dataclasses.replace(CONFIG, prior=PriorConfig(time_sampling=word))
        for word in (name, "uniform" if middle else "logit_normal")
    )
    assert folder.read(same, None)["step"] == 3
    with pytest.raises(TrainingError, match=r"other choices \(prior\.time_sampling\)"):
        folder.read(other, None)


def test_a_choice_that_the_state_does_not_know_is_no_difference(tmp_path: Path) -> None:
    folder = started(tmp_path)
    stored = torch.load(tmp_path / "state.pt", weights_only=True)
    del stored["config"]["faders"]
    torch.save(stored, tmp_path / "state.pt")
    assert folder.read(CONFIG, None)["step"] == 3


def test_a_reworded_description_is_no_difference(tmp_path: Path) -> None:
    """Presets of the last release had other descriptions."""
    folder = started(tmp_path)
    assert folder.read(dataclasses.replace(CONFIG, description="in other words"), None)["step"] == 3


def test_a_base_with_other_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    base = Base.of(tmp_path)
    folder = started(tmp_path, base=base)
    assert folder.read(CONFIG, base)["step"] == 3
    (tmp_path / "model.safetensors").write_bytes(b"two")
    with pytest.raises(TrainingError) as refused:
        folder.read(CONFIG, Base.of(tmp_path))
    assert str(refused.value) == (
        f"{tmp_path} has other weights than {tmp_path / 'state.pt'} began with. Start a new run."
    )
