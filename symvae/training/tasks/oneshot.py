"""A drum machine: a VAE of one-shot sounds, then a flow over its z and faders, then small decoders.

    symvae train-oneshot --preset oneshot-44k --data SOUNDS --out RUN [--resume]

All chance of the networks follows from seed and step; facts about draws are measured on draws of a fixed
seed. The best model has the smallest loss on held-out drums. Prior and faders are fitted to the posteriors of
that model, as it is stored. Then its decoder may be distilled into a small one
(`symvae.training.tasks.oneshot_distillation`). A folder with a coarse decoder is a finished run.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.config.oneshot import OneShotConfig, OneShotObjectiveConfig
from symvae.corpus.sound_shards import SoundShards
from symvae.dsp.mel import mel_filters
from symvae.models.oneshot.drum_network import FLOOR, DrumNetwork
from symvae.nn.mixed import mixed
from symvae.objective import schedule
from symvae.objective.spectral import log_spectral_distance_db
from symvae.system.build_oneshot import build_drum_vae
from symvae.system.oneshot_artifacts import COARSE_DECODER, load_drum_vae, save_drum_machine
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import adamw, plan_of, rate_at
from symvae.training.sound_batches import SoundBatches, sound_batches, spread
from symvae.training.sound_variation import SoundVariation
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective
from symvae.training.tasks.oneshot_stages import train_later_stages

STATE = "oneshot-state.pt"
_VALIDATION_SOUNDS, _VALIDATION_SEED = 128, 1
#: Validation sounds that are synthesized, too.
_HEARD_SOUNDS = 16
#: Sounds whose mean spectrum the network starts from.
_MEAN_SOUNDS = 256
_DB = 8.685889638


def train_oneshot(
    config: OneShotConfig,
    shards: SoundShards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a drum machine on prepared sounds: the network, then its prior and faders.

    Args:
        config: All choices, as a preset names them; the classes become those of the sounds.
        shards: Prepared sounds.
        out: The run's folder: log, state and best model; ``prior/``, ``distillation/``: the later stages.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all, those of the later stages included.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        CorpusError: A split has too few sounds.
        TrainingError: ``out`` cannot be used, or a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, classes=shards.classes))
    train, held_out = (sound_batches(shards, split) for split in ("train", "validation"))
    task = OneShotTask(config, train, held_out, device)
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    left = None if stop_after is None else stop_after - config.training.steps
    finished = task.state.step == config.training.steps or _patience_is_over(task)
    if not finished or stopping() or (left is not None and left <= 0):
        return out / "model"
    if (out / "model" / COARSE_DECODER.file).exists():
        return out / "model"  # all stages are done
    model, filters = load_drum_vae(out / "model")[1], task.filters.cpu()
    train_later_stages(
        config, model, train, held_out, filters, out, stop_after=left, watch=watch, stopping=stopping
    )
    return out / "model"


class OneShotTask:
    """A VAE of one-shot sounds in training."""

    base: Base | None = None

    def __init__(
        self, config: OneShotConfig, train: SoundBatches, held_out: SoundBatches, device: str = "cpu"
    ) -> None:
        """Draw the initial weights, and measure the mean spectrum that they start from.

        Args:
            config: All choices.
            train: Sounds to learn from.
            held_out: Sounds of other drums.
            device: "cpu" or "cuda".
        """
        self.choice, self.train, self.device = config, train, device
        torch.manual_seed(config.training.seed)
        self.model = build_drum_vae(config.model)
        first = train.batch(0, _MEAN_SOUNDS, seed=_VALIDATION_SEED, bounds=SoundVariation())
        self.model.mean_level.copy_(self.model.levels(first.wave).mean((0, 1)))
        self.model.to(device)
        self.filters = mel_bands(self.model, config.objective.mels).to(device)
        self.average = fresh_average(self.model)
        self.state = TrainingState({"model": self.model}, adamw(self.model, config.training), self.average)
        self.plan = plan_of(config.training)
        rows = spread(len(held_out), _VALIDATION_SOUNDS)
        self.validation = held_out.rows(rows).to(device)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        drawn = self.train.batch(step, training.batch_size, seed=training.seed, bounds=bounds_of(objective))
        batch = drawn.to(self.device)
        generator = torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step)
        levels = self.model.levels(batch.wave)
        with mixed(self.device, training.precision == "bf16"):
            terms = self.model.terms(levels, batch.drum, self.filters, generator)
        distance, mel, kl = (each.float().mean() for each in terms)
        beta = objective.beta * schedule.linear(step / training.steps, objective.beta_until)
        total = distance + objective.mel_weight * mel + beta * (kl - objective.free_nats).clamp(min=0)
        named = {"train_level_db": _DB * distance, "train_mel_db": _DB * mel, "train_kl_nats": kl}
        logged = {name: value.detach() for name, value in named.items()}
        return Loss((Objective(total),), {"rate": rate_at(training, step), "beta": beta, **logged})

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        model, batch = self.average, self.validation
        generator = torch.Generator(self.device).manual_seed(_VALIDATION_SEED)
        levels = model.levels(batch.wave)
        terms = model.terms(levels, batch.drum, self.filters, generator)
        level, mel, kl = (float(each.mean()) for each in terms)
        rows = torch.from_numpy(spread(len(levels), _HEARD_SOUNDS)).to(self.device)
        z = model.encode(levels[rows], batch.drum[rows]).mean
        decoded = model.decode(z, batch.drum[rows])
        wave = model.wave(decoded, torch.Generator().manual_seed(_VALIDATION_SEED))
        lsd = log_spectral_distance_db(wave, batch.wave[rows], floor=FLOOR)
        return {
            "level_db": _DB * level,
            "mel_db": _DB * mel,
            "kl_nats": kl,
            "lsd_db": float(lsd.mean()),
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        objective = self.choice.objective
        paid = max(figures["kl_nats"] - objective.free_nats, 0)
        return -(figures["level_db"] + objective.mel_weight * figures["mel_db"] + _DB * objective.beta * paid)

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_drum_machine(
            folder / "model", self.choice, cpu_state(self.average), metrics={"validation": figures}
        )


def mel_bands(model: DrumNetwork, mels: int) -> torch.Tensor:
    """Mel filters that average the bins of a band."""
    filters = mel_filters(SAMPLE_RATE, model.stft.bins, mels)
    return filters / filters.sum(0)


def bounds_of(objective: OneShotObjectiveConfig) -> SoundVariation:
    """Bounds of the variations that training sounds get."""
    return SoundVariation(
        objective.repitch_semitones, objective.layered, objective.equalizer_db, objective.damped_db
    )


def _patience_is_over(task: OneShotTask) -> bool:
    return bool(task.plan.patience) and task.state.stale >= task.plan.patience
