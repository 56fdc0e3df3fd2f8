"""The editor of faders: it learns to move attributes, beside a predictor, over a frozen model."""

from pathlib import Path

import numpy as np
import torch

from symvae.config.run import FaderConfig
from symvae.corpus.dataset import Batches
from symvae.corpus.shards import Shards, open_shards
from symvae.system.artifacts import load_editor, load_scales
from symvae.system.build import build_attribute_predictor, build_editor
from symvae.system.faders.scales import fit_scales
from symvae.system.symvae import SymVAE
from symvae.training.data import as_tensor
from symvae.training.loop import Progress, run
from symvae.training.tasks.fader_task import TERMS, FaderTask
from symvae.training.tasks.faders import train_faders
from tests.e2e.test_coordinates import coordinates, train_ids
from tests.e2e.test_fader_training import quick

__all__ = ["coordinates"]


def task_of(model: SymVAE, shards: Shards, config: FaderConfig) -> FaderTask:
    ids = train_ids(shards)
    return FaderTask(
        model.vae,
        fit_scales(config.attributes, shards.tokenizer, ids, 6, 0),
        build_editor(config, model.vae),
        build_attribute_predictor(config, model.vae),
        config,
        Batches(
            ids, batch_size=config.batch_size, transpose_by=6, tokenizer=shards.tokenizer, seed=config.seed
        ),
        as_tensor(ids),
    )


def test_a_fader_learns_to_move_its_attribute(coordinates: Path, shards: Path, monkeypatch) -> None:
    """On training phrases, each asked for the value of another one: .4 to .8 by seed and machine."""
    monkeypatch.setattr("symvae.training.tasks.fader_task.WARMUP_STEPS", 5)
    choice = quick(
        attributes=("register",),
        **{"steps": 80, "reading_steps": 40, "batch_size": 16, "learning_rate": 5e-3},
        **{"ema_decay": 0.5, "content_weight": 0.0, "evaluate_every": 80},
    )
    task = task_of(SymVAE.load(coordinates), open_shards(shards), choice)
    losses: list[dict[str, float]] = []

    def watch(now: Progress) -> None:
        losses.append({name: float(value) for name, value in now.terms.items()})

    run(task, watch=watch)
    assert all(set(each) == set(TERMS) for each in losses)
    assert losses[39]["asked"] == 0 < losses[40]["asked"]

    def mean(part: str, steps: slice) -> float:
        return float(np.mean([each[part] for each in losses[steps]]))

    assert mean("reading", slice(70, 80)) < 0.5 * mean("reading", slice(0, 10))
    assert mean("asked", slice(70, 80)) < 0.7 * mean("asked", slice(40, 50))
    after = task.validate()
    assert set(after) == {"register", "read_register"}
    assert after["read_register"] > 0.7
    assert after["register"] > 0.3


def test_the_model_itself_is_not_trained(tiny_model: Path, shards: Path) -> None:
    model = SymVAE.load(tiny_model)
    before = {name: weight.clone() for name, weight in model.vae.state_dict().items()}
    run(task_of(model, open_shards(shards), quick(reading_steps=0, learning_rate=0.1)), stop_after=2)
    for name, weight in model.vae.state_dict().items():
        assert torch.equal(weight, before[name]), name


def test_the_editor_waits_until_the_predictor_is_trained(tiny_model: Path, shards: Path) -> None:
    task = task_of(SymVAE.load(tiny_model), open_shards(shards), quick())
    editor = [weight.clone() for weight in task.editor.parameters()]
    predictor = [weight.clone() for weight in task.predictor.parameters()]
    run(task, stop_after=3)
    for before, weight, mean in zip(editor, task.editor.parameters(), task.average.parameters(), strict=True):
        assert torch.equal(before, weight)
        assert torch.equal(before, mean)
    pairs = zip(predictor, task.predictor.parameters(), strict=True)
    assert any(not torch.equal(before, weight) for before, weight in pairs)
    run(task, stop_after=4)
    pairs = zip(editor, task.editor.parameters(), strict=True)
    assert any(not torch.equal(before, weight) for before, weight in pairs)


def test_a_model_with_coordinates_can_have_a_single_edited_fader(
    coordinates: Path, shards: Path, tmp_path: Path
) -> None:
    model = SymVAE.load(coordinates)
    train_faders(model, quick(attributes=("contour",)), open_shards(shards), tmp_path)
    assert load_scales(tmp_path).names == ("contour",)
    assert load_editor(tmp_path).project.weight.shape[0] == model.latent_size
