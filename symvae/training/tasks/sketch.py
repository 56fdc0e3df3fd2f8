"""The sketch model of a trained model, as a run that can be stopped and resumed.

    symvae train-sketch MODEL --data SHARDS --out RUN [--set sketch.key=value] [--resume]

The model itself stays as it is; the sketch model (`symvae.models.sketch`) has networks of its own on the same
grid and vocabulary.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from symvae.config.run import SketchConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.shards import Shards
from symvae.errors import TrainingError
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifacts import load_sketch, save_config, save_sketch
from symvae.system.build import build_sketch
from symvae.system.symvae import SymVAE
from symvae.training.data import validation_phrases
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.tasks.sketch_task import SketchTask

STATE = "sketch-state.pt"
VALIDATION_PHRASES = 256


def train_sketch(
    model: SymVAE,
    config: SketchConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train a sketch model on the training split: sketch.safetensors.

    Args:
        model: The trained model of a line of notes; its weights stay as they are.
        config: Choices of the sketch model.
        shards: Prepared music that fits the model.
        out: The run's folder: log, state and sketch model.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Raises:
        TrainingError: ``out`` cannot be used, the model is of music that has no sketch, or a gradient is not
            finite.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    if model.tokenizer.polyphonic:
        raise TrainingError(
            f"A sketch is one line of pitches and rhythm, and {model.name} is a model of "
            f"{model.tokenizer.name}. Choose a model of melodies."
        )
    folder = RunFolder.open(out, STATE, resume=resume)
    data = model.config.data
    batches = Batches(
        windows(shards, "train", model.config.model.bars),
        batch_size=config.batch_size,
        section="sketch",
        transpose_by=data.transpose,
        tokenizer=shards.tokenizer,
        seed=config.seed,
    )
    task = SketchTask(
        build_sketch(config, model.config.model).to(device),
        config,
        batches,
        validation_phrases(shards, model.config, VALIDATION_PHRASES, mid_phrase=False),
        choice=dataclasses.replace(model.config, sketch=config),
        base=Base.of(model.folder),
    )
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)


def install_sketch(model: SymVAE, run_folder: Path, config: SketchConfig) -> None:
    """Write a trained sketch model and its choices into the model's folder.

    Args:
        model: The model that it was trained for.
        run_folder: The folder of the run.
        config: The choices that it was trained with.
    """
    network = load_sketch(run_folder, config=config, model=model.config.model)
    assert network is not None
    with whole_folder(model.folder, TrainingError, copied=True) as folder:
        save_sketch(folder, network)
        save_config(folder, dataclasses.replace(model.config, sketch=config))
