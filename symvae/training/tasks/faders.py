"""The faders of a trained model, as a run that can be stopped and resumed.

    symvae train-faders MODEL --data SHARDS --out RUN [--set faders.key=value] [--resume]

The model itself stays as it is; an editor of its z (`symvae.models.faders.editor`) is trained beside an
attribute predictor (`symvae.training.tasks.fader_task`).
"""

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from symvae.config.run import FaderConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.shards import Shards
from symvae.errors import TrainingError
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifacts import load_editor, load_scales, save_config, save_editor, save_scales
from symvae.system.build import build_attribute_predictor, build_editor
from symvae.system.faders.scales import fit_scales
from symvae.system.symvae import SymVAE
from symvae.training.data import as_tensor, validation_phrases
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.tasks.fader_task import FaderTask

STATE = "faders-state.pt"
VALIDATION_PHRASES = 512
#: Training phrases that the gain of each fader is measured on.
GAIN_PHRASES = 2000


def train_faders(
    model: SymVAE,
    config: FaderConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train faders for a model on the training split: faders.json (scales) and faders.safetensors (editor).

    Args:
        model: The trained model; its weights stay as they are.
        config: Choices of the faders.
        shards: Prepared music that fits the model.
        out: The run's folder: log, state and faders.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Raises:
        TrainingError: ``out`` cannot be used, no attribute is given, or a gradient is not finite.
        CorpusError: An attribute never varies in the training phrases.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    folder = RunFolder.open(out, STATE, resume=resume)
    if not config.attributes:
        raise TrainingError(
            'There is no attribute to learn a fader for. Set faders.attributes, for example to ["register"].'
        )
    data = model.config.data
    taken = windows(shards, "train", model.config.model.bars)
    batches = Batches(
        taken,
        batch_size=config.batch_size,
        section="faders",
        transpose_by=data.transpose,
        tokenizer=shards.tokenizer,
        seed=config.seed,
    )
    validation = validation_phrases(shards, model.config, VALIDATION_PHRASES, mid_phrase=False)
    vae = copy.deepcopy(model.vae).to(device)
    task = FaderTask(
        vae,
        fit_scales(config.attributes, shards.tokenizer, taken, data.transpose, config.seed),
        build_editor(config, vae).to(device),
        build_attribute_predictor(config, vae).to(device),
        config,
        batches,
        validation.to(device),
        choice=dataclasses.replace(model.config, faders=config),
        base=Base.of(model.folder),
    )
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    if task.state.step == config.steps:
        rows = np.random.default_rng(config.seed).permutation(len(taken))[:GAIN_PHRASES]
        gain = task.gains(as_tensor(taken[rows]).to(device))
        save_scales(out, dataclasses.replace(task.scales, gain=gain))


def install_faders(model: SymVAE, run_folder: Path, config: FaderConfig) -> bool:
    """Write trained faders and their choices into the model's folder.

    Args:
        model: The model that the faders were trained for.
        run_folder: The folder of their run.
        config: The choices that they were trained with.

    Returns:
        True where an arousal fader was removed with the faders that it was fitted to.
    """
    editor, scales = load_editor(run_folder), load_scales(run_folder)
    assert editor is not None
    assert scales is not None
    before = load_scales(model.folder)
    with whole_folder(model.folder, TrainingError, copied=True) as folder:
        save_editor(folder, editor)
        save_scales(folder, scales)
        save_config(folder, dataclasses.replace(model.config, faders=config))
    return before is not None and before.arousal is not None
