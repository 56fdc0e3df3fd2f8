"""RAVE: an autoencoder of recordings, learned in two stages.

    symvae train-audio RECORDINGS --preset rave-48k --out RUN [--resume]

First encoder and decoder learn by spectral distances, then the encoder is frozen and the decoder goes on
with discriminators (Caillon and Esling 2021, arXiv 2111.05011, section 3.2). All chance follows from seed and
step.
In the first stage the best model has the smallest spectral distance on held-out recordings; in the second the
newest is kept, since what discriminators improve is not what that distance measures.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.config.rave import RaveConfig
from symvae.corpus.recording_shards import PIECE, RecordingShards
from symvae.errors import TrainingError
from symvae.latent.principal_axes import PrincipalAxes
from symvae.models.rave.synthesis_head import NOISE_PERIOD
from symvae.models.sound.discriminator import Discriminators
from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.mixed import mixed
from symvae.objective import schedule
from symvae.objective.adversarial import discriminator_loss, generator_loss, matching_loss
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.build_rave import build_rave
from symvae.system.latent_axes import LATENT_AXES
from symvae.system.network_folder import RAVE
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.recording_excerpts import drawn_excerpts, first_excerpts
from symvae.training.run import Base, RunFolder
from symvae.training.section import rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan

STATE = "rave-state.pt"
#: Magnitude of silence in a window of 1024 samples: 88 dB below that of a full-scale sine.
FLOOR = 1e-2
#: Frames at the start of an excerpt that are not compared: they do not know what came before.
_WARM_FRAMES = 2
_VALIDATION_EXCERPTS, _VALIDATION_BATCH = 24, 4
_AXES_EXCERPTS = 64


def train_rave(
    config: RaveConfig,
    shards: RecordingShards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a RAVE on prepared recordings.

    Args:
        config: All choices, as a preset names them.
        shards: Prepared recordings at the model's sample rate.
        out: The run's folder: log, state and best model.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the model.

    Raises:
        TrainingError: ``out`` cannot be used, the recordings have another rate, excerpts would be longer than
            their pieces, or a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    task = RaveTask(config, shards, device)
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    return out / "model"


class RaveTask:
    """A RAVE and its discriminators in training.

    Args:
        config: All choices.
        shards: Prepared recordings.
        device: "cpu" or "cuda".

    Raises:
        TrainingError: The recordings have another rate, or excerpts would be longer than their pieces.
    """

    base: Base | None = None

    def __init__(self, config: RaveConfig, shards: RecordingShards, device: str = "cpu") -> None:
        self.choice, self.device = config, device
        model, training = config.model, config.training
        if shards.sample_rate != model.sample_rate:
            raise TrainingError(
                f"{shards.folder} holds recordings at {shards.sample_rate} Hz, and the preset is for "
                f"{model.sample_rate} Hz. Prepare them for this preset."
            )
        frames = round(config.objective.excerpt_sec * model.sample_rate / model.ratio)
        self.length = frames * model.ratio
        self.warm = _WARM_FRAMES * model.ratio
        least = self.warm + model.delay + model.ratio
        if not least <= self.length <= PIECE:
            raise TrainingError(
                f"objective.excerpt_sec must be from {least / model.sample_rate:.2f} to "
                f"{PIECE / model.sample_rate:.2f} s for this model, not {config.objective.excerpt_sec:g}."
            )
        self.train, held_out = shards.split("train"), shards.split("validation")
        torch.manual_seed(training.seed)
        self.model = build_rave(model).to(device)
        modules: dict[str, torch.nn.Module] = {"model": self.model}
        self.discriminators: Discriminators | None = None
        if config.objective.adversarial_from < 1:
            self.discriminators = Discriminators().to(device)
            modules["critic"] = self.discriminators
        self.average = fresh_average(self.model)
        optimizer = torch.optim.AdamW(
            [weights for module in modules.values() for weights in module.parameters()],
            lr=training.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=training.weight_decay,
            fused=True,
        )
        self.state = TrainingState(modules, optimizer, self.average)
        self.plan = Plan(training.steps, training.evaluate_every, {"model": training.clip_norm})
        self.validation = first_excerpts(held_out, _VALIDATION_EXCERPTS, self.length)
        self.sounds = first_excerpts(self.train, _AXES_EXCERPTS, self.length)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        progress = step / training.steps
        wave = drawn_excerpts(
            self.train,
            step,
            training.batch_size,
            self.length,
            seed=training.seed,
            softer_db=objective.softer_db,
        ).to(self.device)
        chance = torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step)
        start = int(np.random.default_rng([training.seed, step, 1]).integers(NOISE_PERIOD))
        adversarial = self.discriminators is not None and progress >= objective.adversarial_from
        with mixed(self.device, training.precision == "bf16"):
            with torch.set_grad_enabled(not adversarial):
                posterior = self.model.posterior(wave)
            z = posterior.sample(chance).unflatten(0, (len(wave), -1)).transpose(1, 2)
            generated = self.model.decode(z, start)
        made, real = self.aligned(generated.float(), wave)
        distance = multi_scale_distance(made, real, floor=FLOOR).total.mean()
        kl = posterior.kl_nats().sum(1).mean()
        terms = {
            "rate": rate_at(training, step),
            "train_mss": distance.detach(),
            "train_kl_nats": kl.detach(),
        }
        if not adversarial:
            beta = objective.beta * schedule.linear(progress, objective.beta_until)
            return Loss((Objective(distance + beta * kl),), terms)
        learned, fooled = self._adversarial(made, real)
        terms |= {"train_discriminators": learned.detach(), "train_generator": fooled.detach()}
        return Loss((Objective(distance + fooled + learned),), terms)

    def aligned(
        self, generated: Float[Tensor, "batch sample"], wave: Float[Tensor, "batch sample"]
    ) -> tuple[Float[Tensor, "batch part"], Float[Tensor, "batch part"]]:
        """Cut what can be compared: after the start, and without the delay."""
        end = wave.shape[1] - self.model.delay
        return generated[:, self.warm + self.model.delay :], wave[:, self.warm : end]

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        mss, lsd, kl = [], [], []
        for wave in self.validation.split(_VALIDATION_BATCH):
            moved = wave.to(self.device)
            posterior = self.average.posterior(moved)
            generated = self.average.decode(frames_of(posterior, len(wave)))
            made, real = self.aligned(generated, moved)
            mss.append(multi_scale_distance(made, real, floor=FLOOR).total)
            lsd.append(log_spectral_distance_db(made, real, floor=FLOOR))
            kl.append(posterior.kl_nats().sum(1))
        return {
            "mss": float(torch.cat(mss).mean()),
            "lsd_db": float(torch.cat(lsd).mean()),
            "kl_nats": float(torch.cat(kl).mean()),
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        second = step / self.choice.training.steps > self.choice.objective.adversarial_from
        return None if second else -figures["mss"]

    @torch.no_grad()
    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        means = [
            self.average.posterior(wave.to(self.device)).mean.cpu()
            for wave in self.sounds.split(_VALIDATION_BATCH)
        ]
        axes = PrincipalAxes.of(torch.cat(means))
        RAVE.save(
            folder / "model",
            self.choice,
            cpu_state(self.average),
            metrics={"validation": figures},
            add=lambda fresh: LATENT_AXES.save(fresh, axes),
        )

    def _adversarial(
        self, made: Float[Tensor, "batch part"], real: Float[Tensor, "batch part"]
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Loss of the discriminators, which reaches them alone, and that of the decoder."""
        objective, critic = self.choice.objective, self.discriminators
        assert critic is not None
        of_real, of_made = critic(real), critic(made.detach())
        learned = discriminator_loss([each.logits for each in of_real], [each.logits for each in of_made])
        with torch.no_grad():
            known = critic.frozen(real)
        heard = critic.frozen(made)
        fooled = generator_loss([each.logits for each in heard])
        matched = matching_loss([each.features for each in known], [each.features for each in heard])
        return learned, objective.adversarial_weight * fooled + objective.matching_weight * matched


def frames_of(posterior: DiagonalGaussian, sounds: int) -> Float[Tensor, "batch latent frame"]:
    """Posterior means of all frames, arranged by sound."""
    return posterior.mean.unflatten(0, (sounds, -1)).transpose(1, 2)
