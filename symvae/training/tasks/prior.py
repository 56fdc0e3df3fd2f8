"""A learned prior over the z of a trained model, as a run that can be stopped and resumed.

    symvae train-prior MODEL --data SHARDS --out RUN [--set prior.key=value] [--resume]

The training windows are encoded once, then the flow is trained on their posteriors
(`symvae.training.tasks.flow_matching`). A bar-wise prior is calibrated at the end, and learns
the forms of the training tunes.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.attributes.key import home_shift
from symvae.config.run import PriorConfig
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.errors import TrainingError
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import Z_MAPS, BarVelocity
from symvae.music.arrangement import AnyPhrase, pitched_of
from symvae.nn.gaussian import DiagonalGaussian
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifacts import save_config, save_prior
from symvae.system.build import build_prior
from symvae.system.symvae import SymVAE
from symvae.training.data import as_tensor
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.tasks.flow_matching import FlowTask, used_coordinates
from symvae.training.tasks.part_scales import DENSITIES, best_scales, of_coordinates
from symvae.training.tasks.prior_forms import learn_forms

STATE = "prior-state.pt"
ECHOES = (0.0, 0.5, 0.8, 0.9, 0.95)
NOISE_SCALES = (0.9, 0.95, 1.0, 1.05, 1.1, 1.2)
CALIBRATION_DRAWS = 200


def train_prior(
    model: SymVAE,
    config: PriorConfig,
    shards: Shards,
    out: Path,
    *,
    start: SymVAE | None = None,
    resume: bool = False,
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> FlowPrior:
    """Train a prior over the z of a model on the training split.

    Args:
        model: The trained model; it stays as it is.
        config: Choices of the prior.
        shards: Prepared music that fits the model.
        out: The run's folder: log, state and prior.safetensors.
        start: Another model whose prior this one starts from.
        resume: Go on with the run in ``out``.
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The prior with averaged weights.

    Raises:
        TrainingError: ``out`` cannot be used, the model has no prior to start from, or a gradient is not
            finite.
        LatentError: No coordinate of z carries information.
    """
    torch.set_num_threads(model.config.training.threads)
    shards.check_fit(model.config.model)
    folder = RunFolder.open(out, STATE, resume=resume)
    found = windows(shards, "train", model.config.model.bars, mid_phrase=model.config.data.mid_phrase)
    posterior = posteriors(model, config, shards, "train")
    prior = build_prior(config, model.vae, used_coordinates(posterior), config.seed)
    if config.warm_start or start is not None:
        start_from(model if start is None else start, prior, own=start is None)
    task = FlowTask(
        prior,
        posterior,
        attributes=learn_attributes(model, prior, shards) if prior.conditions else None,
        attribute_noise=config.attribute_noise,
        weight=found.weight(model.config.data.balance),
        steps=config.steps,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        seed=config.seed,
        posterior_temperature=config.posterior_temperature,
        time_sampling=config.time_sampling,
        slowest_average=1 - config.ema_decay,
        clip_norm=config.clip_norm,
        evaluate_every=config.evaluate_every,
        held_out=posteriors(model, config, shards, "validation"),
        choice=dataclasses.replace(model.config, prior=config),
        base=Base.of(model.folder),
    )
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    prior = task.average
    if task.state.step == config.steps and config.velocity == "bars":
        calibrate(model, prior, shards)
        learn_forms(model, prior, shards)
        save_prior(out, prior)
    return prior


@torch.no_grad()
def calibrate(model: SymVAE, prior: FlowPrior, shards: Shards) -> None:
    """Set the noise of a prior so that its draws resemble held-out phrases on average.

    First the echo, by the share of bars that repeat an earlier one; then the scale, by the density of notes,
    of each part by itself where it has coordinates of z of its own.

    Args:
        model: The model that decodes the draws.
        prior: The prior; its ``echo`` and ``noise_scale`` are set in place.
        shards: Prepared music with a validation split.
    """
    ids = windows(shards, "validation", model.config.model.bars, mid_phrase=model.config.data.mid_phrase).ids
    real = model.to_phrases(as_tensor(ids))

    def drawn() -> list[AnyPhrase]:
        z = prior.sample(CALIBRATION_DRAWS, torch.Generator().manual_seed(0))
        return model.to_phrases(model.decode_ids(z))

    def repeated(music: Sequence[AnyPhrase]) -> float:
        return float(model.measure(music, ["repeated_bar_share"])["repeated_bar_share"].mean())

    errors, wanted = {}, repeated(real)
    for echo in ECHOES:
        prior.echo.fill_(echo)
        errors[echo] = abs(repeated(drawn()) - wanted)
    prior.echo.fill_(min(errors, key=lambda echo: errors[echo]))

    def scaled(scale: float) -> list[AnyPhrase]:
        prior.noise_scale = torch.tensor(scale)
        return drawn()

    prior.noise_scale = of_coordinates(model, best_scales(model, NOISE_SCALES, scaled, real, DENSITIES))


def posteriors(model: SymVAE, config: PriorConfig, shards: Shards, split: str) -> DiagonalGaussian:
    """Encode every window of a split.

    Args:
        model: The model that encodes.
        config: Choices of the prior; with ``home_key`` each window is moved to C major or A minor, else it
            is transposed at random.
        shards: Prepared music that fits the model.
        split: "train" or "validation".

    Returns:
        The posteriors, one row a window.
    """
    data, chance = model.config.data, np.random.default_rng(config.seed)
    ids = windows(shards, split, model.config.model.bars, mid_phrase=data.mid_phrase).ids
    if config.home_key:
        shift = np.array([home_shift(pitched_of(phrase)) for phrase in model.to_phrases(as_tensor(ids))])
    else:
        shift = chance.integers(-data.transpose, data.transpose + 1, len(ids))
    return model.codec.encode_ids(as_tensor(model.tokenizer.transpose_ids(ids, shift)))


def start_from(model: SymVAE, prior: FlowPrior, *, own: bool) -> None:
    """Copy the velocity of a model's prior; attributes that it does not know start without effect.

    Args:
        model: The model.
        prior: The new prior; changed in place.
        own: The new prior is one of the same model. Else the maps between z and the bars stay as they are,
            since another model's z has other coordinates.

    Raises:
        TrainingError: The model has no prior of the same sizes, or z of another model is not read by bars.
    """
    old = {} if model.prior is None else model.prior.velocity.state_dict()
    fresh = prior.velocity.state_dict()
    conditions = [name for name in fresh if name.startswith("describe.")]
    if not own:
        bars = model.prior is not None and isinstance(model.prior.velocity, BarVelocity)
        old = old | {name: fresh[name] for name in Z_MAPS} if bars and Z_MAPS[0] in fresh else {}
    if old.keys() | conditions != fresh.keys() or any(
        old[name].shape != fresh[name].shape for name in old if name not in conditions
    ):
        remedy = "Set prior.warm_start=false." if own else "Start from another one, or without --from."
        raise TrainingError(f"{model.name} has no prior of these sizes to start from. {remedy}")
    if model.prior is None or model.prior.conditions != prior.conditions:
        old = {name: value for name, value in old.items() if name not in conditions}
        old |= {name: fresh[name] * (not name.startswith("describe.2")) for name in conditions}
    prior.velocity.load_state_dict(old)


def learn_attributes(model: SymVAE, prior: FlowPrior, shards: Shards) -> Float[Tensor, "window attribute"]:
    """Measure the attributes that condition a prior, on every training window.

    Args:
        model: The model of the windows.
        prior: The prior; its ``attribute_scale`` is set in place.
        shards: Prepared music that fits the model.

    Returns:
        Standardized attributes.
    """
    ids = windows(shards, "train", model.config.model.bars, mid_phrase=model.config.data.mid_phrase).ids
    measured = model.measure(model.to_phrases(as_tensor(ids)), prior.conditions)
    values = torch.from_numpy(np.stack(list(measured.values()), axis=1)).float()
    prior.attribute_scale.copy_(torch.stack([values.mean(0), values.std(0).clamp(min=1e-6)]))
    return prior.standardized(values)


def install_prior(model: SymVAE, prior: FlowPrior, config: PriorConfig) -> None:
    """Write a trained prior and its choices into the model's folder.

    Args:
        model: The model that the prior was trained for.
        prior: The prior.
        config: The choices that it was trained with.
    """
    with whole_folder(model.folder, TrainingError, copied=True) as folder:
        save_prior(folder, prior)
        save_config(folder, dataclasses.replace(model.config, prior=config))
