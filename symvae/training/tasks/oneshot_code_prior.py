"""The second stage of a drum machine of codes: an autoregressive prior over them, given the class.

All chance follows from seed and step. There are few sounds, and a prior soon knows them by heart: the best
one has the highest likelihood of held-out drums, and variations of training sounds are encoded, too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.models.oneshot.code_prior import DrumCodePrior
from symvae.models.oneshot.drum_codes import DrumCodes
from symvae.system.build_oneshot_codes import build_code_prior
from symvae.system.oneshot_code_artifacts import (
    CODE_PRIOR,
    complete_drum_codes,
    load_code_prior,
    load_drum_codes,
)
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.one_cycle import one_cycle
from symvae.training.run import Base, RunFolder
from symvae.training.sound_batches import SoundBatch, SoundBatches
from symvae.training.sound_variation import SoundVariation
from symvae.training.state import TrainingState, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan

STATE = "oneshot-code-prior-state.pt"
#: Sounds that are encoded at once.
_AT_ONCE = 64
_DECAY, _WEIGHT_DECAY, _CLIP_NORM = 0.99, 0.05, 1.0


class Words(NamedTuple):
    """Codes of some sounds, and their classes."""

    codes: Int[Tensor, "sound position level"]
    drum: Float[Tensor, "sound class"]


@torch.no_grad()
def encode_sounds(model: DrumCodes, sounds: SoundBatches) -> Words:
    """Encode every sound of a split.

    Args:
        model: The network, on the CPU.
        sounds: The sounds.

    Returns:
        Their codes, one row a sound.
    """
    pieces = (sounds.rows(slice(at, at + _AT_ONCE)) for at in range(0, len(sounds), _AT_ONCE))
    return _joined([_encoded(model, piece) for piece in pieces])


@torch.no_grad()
def encode_versions(
    model: DrumCodes, sounds: SoundBatches, *, versions: int, seed: int, bounds: SoundVariation
) -> Words:
    """Encode every sound of a split, and as many again for each further version.

    Args:
        model: The network, on the CPU.
        sounds: The sounds.
        versions: 1 for the sounds as they are; further ones are drawn as batches are.
        seed: Of the draws.
        bounds: Bounds of the variations.

    Returns:
        The codes.
    """
    words = [encode_sounds(model, sounds)]
    for number in range((versions - 1) * len(sounds) // _AT_ONCE):
        words.append(_encoded(model, sounds.batch(number, _AT_ONCE, seed=seed, bounds=bounds)))
    return _joined(words)


def train_code_prior(
    config: OneShotCodesConfig,
    train: SoundBatches,
    held_out: SoundBatches,
    out: Path,
    *,
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> None:
    """Train the prior over the codes of the stored model, and complete its folder.

    Args:
        config: All choices.
        train: Sounds to learn from.
        held_out: Sounds of other drums.
        out: The folder of the run, with the model; this stage's own, ``prior/``, is resumed if it is there.
        stop_after: End this call after this many steps of the stage.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.
    """
    model, settings, seed = load_drum_codes(out / "model")[1], config.prior, config.training.seed
    words = encode_versions(
        model,
        train,
        versions=settings.versions,
        seed=seed,
        bounds=SoundVariation(
            config.objective.repitch_semitones, settings.layered, settings.equalizer_db, settings.damped_db
        ),
    )
    task = CodePriorTask(config, words, encode_sounds(model, held_out), Base.of(out / "model"))
    stage = out / "prior"
    folder = RunFolder.open(stage, STATE, resume=(stage / STATE).exists())
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    if task.state.step == settings.steps:
        best = load_code_prior(stage, config)
        assert best is not None, "a finished stage has kept a prior"
        complete_drum_codes(out / "model", best)


class CodePriorTask:
    """A prior over codes in training."""

    def __init__(
        self, config: OneShotCodesConfig, train: Words, held_out: Words, base: Base | None = None
    ) -> None:
        """Draw the initial weights.

        Args:
            config: All choices.
            train: Codes to learn from.
            held_out: Codes of other drums.
            base: The model that the codes are of.
        """
        self.choice, self.train, self.held_out, self.base = config, train, held_out, base
        settings = config.prior
        torch.manual_seed(config.training.seed)
        self.prior = build_code_prior(config)
        self.average: DrumCodePrior = fresh_average(self.prior)
        optimizer = torch.optim.AdamW(
            self.prior.parameters(), lr=settings.learning_rate, weight_decay=_WEIGHT_DECAY, fused=True
        )
        self.state = TrainingState({"prior": self.prior}, optimizer, self.average)
        self.plan = Plan(
            settings.steps,
            settings.evaluate_every,
            {"prior": _CLIP_NORM},
            phrases_per_step=settings.batch_size,
        )

    def settings(self, step: int) -> dict[str, Any]:
        return one_cycle(step, self.plan.steps, self.choice.prior.learning_rate)

    def loss(self, step: int) -> Loss:
        seed = self.choice.training.seed
        chance = np.random.default_rng([seed, step])
        rows = torch.from_numpy(chance.integers(len(self.train.codes), size=self.choice.prior.batch_size))
        # Dropout draws from the global generator.
        torch.manual_seed(seed * 1_000_003 + step)
        value = self.prior(self.train.codes[rows], self.train.drum[rows]).mean()
        return Loss((Objective(value),), {"train_nats_a_code": value.detach()})

    def average_share(self, step: int) -> float:
        return early_share(_DECAY, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        by_level = self.average(*self.held_out).mean((0, 1))
        levels = {f"level_{number}": float(nats) for number, nats in enumerate(by_level, 1)}
        return {"nats_a_code": float(by_level.mean()), **levels}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return -figures["nats_a_code"]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        CODE_PRIOR.save(folder, self.average)


def _encoded(model: DrumCodes, batch: SoundBatch) -> Words:
    return Words(model.encode(model.levels(batch.wave), batch.drum).codes, batch.drum)


def _joined(words: list[Words]) -> Words:
    return Words(torch.cat([each.codes for each in words]), torch.cat([each.drum for each in words]))
