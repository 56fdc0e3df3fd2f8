"""A drum machine of codes: a VQ-VAE of one-shot sounds, then a prior over its codes.

    symvae train-oneshot --preset oneshot-codes-44k --data SOUNDS --out RUN [--resume]

All chance follows from seed and step; the codebooks, which learn without a gradient, are in the state. The
best model has the smallest loss on held-out drums. The prior is fitted to the codes of that model, as it is
stored.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.corpus.sound_shards import SoundShards
from symvae.errors import TrainingError
from symvae.models.oneshot.drum_network import FLOOR
from symvae.nn.mixed import mixed
from symvae.nn.residual_vq import perplexity, used_share
from symvae.objective.spectral import log_spectral_distance_db
from symvae.system.artifact_folder import read_metrics
from symvae.system.build_oneshot_codes import build_drum_codes
from symvae.system.oneshot_code_artifacts import load_drum_codes, save_drum_codes
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import adamw, plan_of, rate_at
from symvae.training.sound_batches import SoundBatches, sound_batches, spread
from symvae.training.sound_variation import SoundVariation
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective
from symvae.training.tasks.oneshot import mel_bands
from symvae.training.tasks.oneshot_code_prior import train_code_prior

STATE = "oneshot-codes-state.pt"
_VALIDATION_SOUNDS, _VALIDATION_SEED = 128, 1
#: Validation sounds that are synthesized, too.
_HEARD_SOUNDS = 16
#: Sounds whose mean spectrum the network starts from.
_MEAN_SOUNDS = 256
_DB = 8.685889638


def train_oneshot_codes(
    config: OneShotCodesConfig,
    shards: SoundShards,
    out: Path,
    *,
    resume: bool = False,
    start: Path | None = None,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a drum machine of codes on prepared sounds: the network, then the prior over its codes.

    Args:
        config: All choices, as a preset names them; the classes become those of the sounds.
        shards: Prepared sounds.
        out: The run's folder: log, state and best model; ``prior/`` is the second stage's.
        resume: Go on with the run in ``out``.
        start: Folder of a trained model whose network is taken as it is: only the prior is trained.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all, those of the prior included.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        CorpusError: A split has too few sounds.
        TrainingError: ``out`` cannot be used, or a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, classes=shards.classes))
    train, held_out = (sound_batches(shards, split) for split in ("train", "validation"))
    left = stop_after
    if start is not None:
        _take_network(config, start, out, resume=resume)
    else:
        folder = RunFolder.open(out, STATE, resume=resume)
        task = OneShotCodesTask(config, train, held_out, device)
        run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
        left = None if stop_after is None else stop_after - config.training.steps
        over = bool(task.plan.patience) and task.state.stale >= task.plan.patience
        if not (over or task.state.step == config.training.steps):
            return out / "model"
    if not stopping() and (left is None or left > 0):
        train_code_prior(config, train, held_out, out, stop_after=left, watch=watch, stopping=stopping)
    return out / "model"


class OneShotCodesTask:
    """A VQ-VAE of one-shot sounds in training."""

    base: Base | None = None

    def __init__(
        self, config: OneShotCodesConfig, train: SoundBatches, held_out: SoundBatches, device: str = "cpu"
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
        self.model = build_drum_codes(config)
        first = train.batch(0, _MEAN_SOUNDS, seed=_VALIDATION_SEED, bounds=SoundVariation())
        self.model.mean_level.copy_(self.model.levels(first.wave).mean((0, 1)))
        self.model.to(device)
        self.filters = mel_bands(self.model, config.objective.mels).to(device)
        self.average = fresh_average(self.model)
        self.state = TrainingState({"model": self.model}, adamw(self.model, config.training), self.average)
        self.plan = plan_of(config.training)
        self.validation = held_out.rows(spread(len(held_out), _VALIDATION_SOUNDS)).to(device)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        batch = self.train.batch(
            step, training.batch_size, seed=training.seed, bounds=SoundVariation(objective.repitch_semitones)
        ).to(self.device)
        generator = torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step)
        levels = self.model.levels(batch.wave)
        with mixed(self.device, training.precision == "bf16"):
            terms = self.model.terms(levels, batch.drum, self.filters, generator)
        distance, mel, commitment = (each.float().mean() for each in terms[:3])
        total = distance + objective.mel_weight * mel + objective.commitment * commitment
        named = {
            "train_level_db": _DB * distance,
            "train_mel_db": _DB * mel,
            "train_commitment": commitment,
            "train_perplexity": perplexity(terms.codes.flatten(0, 1), self.choice.codes.entries).mean(),
        }
        logged = {name: value.detach() for name, value in named.items()}
        return Loss((Objective(total),), {"rate": rate_at(training, step), **logged})

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        model, batch, entries = self.average, self.validation, self.choice.codes.entries
        levels = model.levels(batch.wave)
        terms = model.terms(levels, batch.drum, self.filters)
        level, mel, commitment = (float(each.mean()) for each in terms[:3])
        rows = torch.from_numpy(spread(len(levels), _HEARD_SOUNDS)).to(self.device)
        decoded = model.decode(model.lookup(terms.codes[rows]), batch.drum[rows])
        wave = model.wave(decoded, torch.Generator().manual_seed(_VALIDATION_SEED))
        words = terms.codes.flatten(0, 1)
        return {
            "level_db": _DB * level,
            "mel_db": _DB * mel,
            "commitment": commitment,
            "lsd_db": float(log_spectral_distance_db(wave, batch.wave[rows], floor=FLOOR).mean()),
            "used": float(used_share(words, entries).mean()),
            "perplexity": float(perplexity(words, entries).mean()),
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return -(figures["level_db"] + self.choice.objective.mel_weight * figures["mel_db"])

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_drum_codes(
            folder / "model", self.choice, cpu_state(self.average), metrics={"validation": figures}
        )


def _take_network(config: OneShotCodesConfig, start: Path, out: Path, *, resume: bool) -> None:
    """Put the trained network of another run in the place of a first stage."""
    given, network = load_drum_codes(start)
    if (given.model, given.codes) != (config.model, config.codes):
        raise TrainingError(
            f"{start} has other sizes or classes than this config. Give the preset and --set values that it "
            "was trained with, and the sounds."
        )
    if (out / STATE).exists() or (not resume and (out / "model").exists()):
        raise TrainingError(
            f"{out} already holds a run. Choose another folder, or add --resume to go on with a run that was "
            "started with --from."
        )
    if resume and not (out / "model").exists():
        raise TrainingError(f"There is nothing to resume in {out}. Leave out --resume to start.")
    if not resume:
        save_drum_codes(out / "model", config, network.state_dict(), metrics=read_metrics(start))
