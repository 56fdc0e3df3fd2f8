"""Learning a prior over the z of a trained model, as a run that can be stopped and resumed.

    symvae train-prior MODEL --data SHARDS --out RUN [--set prior.key=value] [--resume]

The training windows are encoded once; then `symvae.models.flow.prior.FlowTraining` learns. Validation is the
same loss on held-out windows, with noise and times that never change.
"""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.config.run import PriorConfig
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.errors import TrainingError
from symvae.models.flow.prior import FlowPrior
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.artifacts import save_prior
from symvae.system.build import build_prior
from symvae.system.symvae import SymVAE
from symvae.training.log import TrainingLog
from symvae.training.loop import Progress
from symvae.training.state import read_state, write_state
from symvae.training.tasks.flow import FlowTraining, used_coordinates

_ENCODED_AT_ONCE = 256
ECHOES = (0.0, 0.5, 0.8, 0.9, 0.95)
NOISE_SCALES = (0.9, 0.95, 1.0, 1.05, 1.1, 1.2)
CALIBRATION_DRAWS = 200


def train_prior(
    model: SymVAE,
    config: PriorConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    stop_after: int | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> FlowPrior:
    """Learn the prior of ``model`` from the training split; its weights are ``out``/prior.safetensors.

    ``stop_after`` and ``stopping`` end this call early, as in `symvae.training.loop.train`; ``resume``
    goes on, bit-equal. Raises `TrainingError` for a folder already in use or nothing to resume, `LatentError`
    when z says nothing.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    if (out / "state.pt").exists():
        raise TrainingError(f"{out} holds the training of a model. Choose another folder for its prior.")
    state_path = out / "prior-state.pt"
    if state_path.exists() and not resume:
        raise TrainingError(f"{out} already holds a run. Add --resume to go on with it, or choose another.")
    if resume and not state_path.exists():
        raise TrainingError(
            f"There is nothing to resume in {out}: it has no {state_path.name}. Leave out --resume to start."
        )
    posterior = posteriors(model, config, shards, "train", watch)
    held_out = posteriors(model, config, shards, "validation")
    training = FlowTraining(
        build_prior(config, model.vae, used_coordinates(posterior), config.seed),
        posterior,
        steps=config.steps,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        seed=config.seed,
        posterior_temperature=config.posterior_temperature,
        time_sampling=config.time_sampling,
        slowest_average=1 - config.ema_decay,
        clip_norm=config.clip_norm,
    )
    choice = dataclasses.replace(model.config, prior=config)
    weights = hashlib.sha256((model.folder / "model.safetensors").read_bytes()).hexdigest()
    if resume:
        kept = read_state(state_path, choice)
        if kept["weights"] != weights:
            raise TrainingError(f"{model.folder} has other weights than {state_path} began with. Start anew.")
        training.load_state_dict(kept)

    def keep() -> None:
        write_state(state_path, choice, {**training.state_dict(), "weights": weights})

    figures: dict[str, float] = {}
    with TrainingLog(out, training.step) as log:
        while training.step < min(config.steps, stop_after or config.steps):
            loss = training.advance()
            if training.step % config.evaluate_every == 0 or training.step == config.steps:
                figures = {"train_loss": loss, "validation_loss": validate(training, held_out)}
                log.write(training.step, **figures)
                save_prior(out, training.average)
                keep()
            watch(Progress(training.step, config.steps, 0.0, figures))
            if stopping():
                keep()
                break
    prior = training.average.eval()
    if training.step == config.steps and config.velocity == "bars":
        calibrate(model, prior, shards)
        save_prior(out, prior)
    return prior


@torch.no_grad()
def calibrate(model: SymVAE, prior: FlowPrior, shards: Shards) -> None:
    """Set the prior's noise by what its draws should be like on average: held-out phrases.

    First the echo, by how many bars repeat an earlier one, then the scale, by how many notes there are.
    """
    ids = windows(shards, "validation", model.config.model.bars, mid_phrase=model.config.data.mid_phrase).ids
    wanted = model.measure(model.to_phrases(torch.from_numpy(ids.astype(np.int64))))

    def misfit(of: str) -> float:
        z = prior.sample(CALIBRATION_DRAWS, torch.Generator().manual_seed(0))
        return float(abs(model.measure(model.to_phrases(model.decode_ids(z)))[of].mean() - wanted[of].mean()))

    for setting, values, of in (
        (prior.echo, ECHOES, "repeated_bar_share"),
        (prior.noise_scale, NOISE_SCALES, "onset_density"),
    ):
        misfits = {}
        for value in values:
            setting.fill_(value)
            misfits[value] = misfit(of)
        setting.fill_(min(misfits, key=lambda value: misfits[value]))


def posteriors(
    model: SymVAE,
    config: PriorConfig,
    shards: Shards,
    split: str,
    watch: Callable[[Progress], None] = lambda progress: None,
) -> DiagonalGaussian:
    """Every window of a split, in its home key where the prior learns that, encoded."""
    data, chance = model.config.data, np.random.default_rng(config.seed)
    ids = windows(shards, split, model.config.model.bars, mid_phrase=data.mid_phrase).ids
    if config.home_key:
        phrases = model.to_phrases(torch.from_numpy(ids.astype(np.int64)))
        shift = np.array([home_shift(phrase) for phrase in phrases])
    else:
        shift = chance.integers(-data.transpose, data.transpose + 1, len(ids))
    moved = torch.from_numpy(model.tokenizer.transpose_ids(ids, shift).astype(np.int64))
    mean, log_std = [], []
    with torch.no_grad():
        for rows in moved.split(_ENCODED_AT_ONCE):
            posterior = model.vae.encoder(rows)
            mean.append(posterior.mean)
            log_std.append(posterior.log_std)
            watch(Progress(0, config.steps, 0.0, {}))
    return DiagonalGaussian(torch.cat(mean), torch.cat(log_std))


@torch.no_grad()
def validate(training: FlowTraining, held_out: DiagonalGaussian) -> float:
    """The loss of the averaged weights on held-out phrases: the same draws at every call."""
    generator = torch.Generator().manual_seed(0)
    used: Tensor = training.average.active
    music = held_out.sample(generator, training.posterior_temperature)[:, used]
    return training.loss(training.average, music, generator).item()
