"""Runs of the plain synthesizer: stopped, resumed, refused."""

from pathlib import Path

import pytest
import torch

from symvae.errors import TrainingError
from symvae.system.synth_artifacts import load_synth
from symvae.training.tasks.synth import train_synth
from tests.unit.training.test_sound_loss import draws, tiny


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = tiny()
    out = tmp_path_factory.mktemp("whole") / "run"
    train_synth(config, draws(config), draws(config, 1), out)
    return out


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_run_that_is_stopped_and_resumed_ends_bit_equal(
    uninterrupted: Path, tmp_path: Path, stop: int
) -> None:
    """Stopped by request after any step, at a validation or between two."""
    config, out, steps = tiny(), tmp_path / "run", []
    train_synth(
        config,
        draws(config),
        draws(config, 1),
        out,
        watch=lambda progress: steps.append(progress.step),
        stopping=lambda: len(steps) == stop,
    )
    assert steps == list(range(1, stop + 1))
    train_synth(config, draws(config), draws(config, 1), out, resume=True)
    one, two = (torch.load(run / "state.pt", weights_only=True) for run in (uninterrupted, out))
    assert one["step"] == two["step"] == 4
    assert one["best"] == two["best"]
    for part in ("model", "average"):
        assert all(torch.equal(one[part][name], two[part][name]) for name in one[part])
    weights = [(run / "model" / "model.safetensors").read_bytes() for run in (uninterrupted, out)]
    assert weights[0] == weights[1]


def test_a_run_writes_its_best_synthesizer_and_its_log(uninterrupted: Path) -> None:
    config, network, timbres = load_synth(uninterrupted / "model")
    assert config == tiny()
    assert timbres == []
    assert network.sample_rate == config.model.sample_rate
    header = (uninterrupted / "log.csv").read_text().splitlines()[0]
    assert {"mss", "lsd_db", "kl_nats", "train_total"} <= set(header.split(","))


def test_runs_that_cannot_start_or_resume_are_refused(uninterrupted: Path, tmp_path: Path) -> None:
    config = tiny()
    with pytest.raises(TrainingError, match=r"already holds a run\. Add --resume"):
        train_synth(config, draws(config), draws(config, 1), uninterrupted)
    with pytest.raises(TrainingError, match=r"has no state\.pt\. Leave out --resume"):
        train_synth(config, draws(config), draws(config, 1), tmp_path / "none", resume=True)
    other = tiny("objective.beta=0.5")
    with pytest.raises(TrainingError, match=r"was trained with other choices \(objective\.beta\)"):
        train_synth(other, draws(other), draws(other, 1), uninterrupted, resume=True)
