"""A groove model: touch of given hits, and hits of given taps.

    symvae train-groove --preset groove-2bar --data SHARDS --out RUN [--resume]

All chance follows from seed and step. The best model has the smallest negative log likelihood (its bound) of
touch and hits on held-out phrases.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from symvae.config.groove import GrooveConfig
from symvae.corpus.shards import Shards
from symvae.models.groove.cells import Condition, Touch
from symvae.models.groove.groove_vae import GrooveVAE
from symvae.nn.mixed import mixed
from symvae.objective import schedule
from symvae.system.build_groove import build_groove
from symvae.system.network_folder import GROOVE
from symvae.training.grooves import GrooveBatch, Grooves, grooves, styles_of
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import adamw, plan_of, rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective

STATE = "groove-state.pt"
_VALIDATION_PHRASES, _VALIDATION_SEED = 512, 1


def train_groove(
    config: GrooveConfig,
    shards: Shards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a groove model on shards of the groove grid.

    Args:
        config: All choices, as a preset names them; empty styles become those of the shards.
        shards: Prepared grooves.
        out: The run's folder: log, state and best model.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        CorpusError: The shards hold no grooves, or too few.
        TrainingError: ``out`` cannot be used, or a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    if not config.model.styles:
        config = dataclasses.replace(
            config, model=dataclasses.replace(config.model, styles=styles_of(shards))
        )
    sizes = config.model.bars, config.model.styles
    train, held_out = (grooves(shards, split, *sizes) for split in ("train", "validation"))
    run(
        GrooveTask(config, train, held_out, device),
        folder,
        stop_after=stop_after,
        watch=watch,
        stopping=stopping,
    )
    return out / "model"


class GrooveTask:
    """A groove model in training."""

    base: Base | None = None

    def __init__(self, config: GrooveConfig, train: Grooves, held_out: Grooves, device: str = "cpu") -> None:
        """Draw the initial weights and the held-out phrases.

        Args:
            config: All choices.
            train: Phrases to learn from.
            held_out: Phrases of other tunes.
            device: "cpu" or "cuda".
        """
        self.choice, self.train, self.device = config, train, device
        training = config.training
        torch.manual_seed(training.seed)
        self.model = build_groove(config.model).to(device)
        self.average = fresh_average(self.model)
        self.state = TrainingState({"model": self.model}, adamw(self.model, training), self.average)
        self.plan = plan_of(training)
        count = min(_VALIDATION_PHRASES, len(held_out))
        self.validation = held_out.batch(0, count, seed=_VALIDATION_SEED, unknown_style=0.0, all_taps=1.0)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        batch = self.train.batch(
            step,
            training.batch_size,
            seed=training.seed,
            unknown_style=objective.unknown_style,
            all_taps=objective.all_taps,
        )
        generator = torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step)
        # Dropout draws from the global generator.
        torch.manual_seed(training.seed * 1_000_003 + step)
        with mixed(self.device, training.precision == "bf16"):
            terms = _moved_terms(self.model, batch, self.device, generator)
        beta = objective.beta * schedule.linear(step / training.steps, objective.beta_until)
        touch, kl, hits = (each.float().mean() for each in terms)
        total = (touch + hits + beta * (kl - objective.free_nats).clamp(min=0)) / 100
        named = {"train_touch_nats": touch, "train_kl_nats": kl, "train_hits_nats": hits}
        logged = {name: value.detach() for name, value in named.items()}
        return Loss((Objective(total),), {"rate": rate_at(training, step), "beta": beta, **logged})

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        generator = torch.Generator(self.device).manual_seed(_VALIDATION_SEED)
        terms = _moved_terms(self.average, self.validation, self.device, generator)
        touch, kl, hits = (float(each.mean()) for each in terms)
        count = float(self.validation.touch.hit.sum((1, 2)).float().mean())
        return {
            "touch_nats": touch,
            "kl_nats": kl,
            "hits_nats": hits,
            "touch_nats_a_hit": (touch + kl) / count,
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return -(figures["touch_nats"] + figures["kl_nats"] + figures["hits_nats"])

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        GROOVE.save(folder / "model", self.choice, cpu_state(self.average), metrics={"validation": figures})


def _moved_terms(
    model: GrooveVAE, batch: GrooveBatch, device: str, generator: torch.Generator
) -> tuple[torch.Tensor, ...]:
    touch = Touch(*(column.to(device) for column in batch.touch))
    condition = Condition(*(column.to(device) for column in batch.condition))
    return model.terms(touch, condition, batch.taps.to(device), batch.complete.to(device), generator)
