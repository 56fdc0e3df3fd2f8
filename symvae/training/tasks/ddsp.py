"""DDSP: a synthesizer of single lines, from lines that a sound font plays.

    symvae train-ddsp --preset ddsp-24k --data SHARDS --font FONT.sf2 --out RUN [--resume]

The decoder learns to resynthesize a line from its fundamental, its loudness and its timbre, by the
multi-scale spectral distance (Engel et al. 2020, arXiv 2001.04643, section 4.2.1, as
`symvae.objective.spectral` has it). Beside it the network of the touch learns the loudness contour from the
notes. All chance follows from seed and step. The best model has the smallest spectral distance on lines of
held-out phrases.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.config.ddsp import DdspConfig
from symvae.corpus.line_shards import LineShards
from symvae.errors import TrainingError
from symvae.models.ddsp.ddsp import Ddsp
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.build_ddsp import build_ddsp
from symvae.system.ddsp_artifacts import LineTimbre, save_line_synth
from symvae.training.line_excerpts import LineBatch, drawn_excerpts, even_excerpts
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import adamw, rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan

STATE = "ddsp-state.pt"
#: Magnitude of silence in a window of 1024 samples: 88 dB below that of a full-scale sine.
FLOOR = 1e-2
#: Window lengths that are compared.
SIZES = (2048, 1024, 512, 256, 128)
_VALIDATION_EXCERPTS, _VALIDATION_BATCH = 32, 8


def train_ddsp(
    config: DdspConfig,
    shards: LineShards,
    out: Path,
    *,
    resume: bool = False,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a line synthesizer on prepared lines.

    Args:
        config: All choices, as a preset names them.
        shards: Prepared lines at the model's sample rate and hop.
        out: The run's folder: log, state and best model.
        resume: Go on with the run in ``out``.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the model.

    Raises:
        TrainingError: ``out`` cannot be used, the lines have another rate or are shorter than an excerpt, or
            a gradient is not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    run(DdspTask(config, shards, device), folder, stop_after=stop_after, watch=watch, stopping=stopping)
    return out / "model"


class DdspTask:
    """A line synthesizer in training.

    Args:
        config: All choices; the number of timbres is that of the lines.
        shards: Prepared lines.
        device: "cpu" or "cuda".

    Raises:
        TrainingError: The lines have another rate, or are shorter than an excerpt.
    """

    base: Base | None = None

    def __init__(self, config: DdspConfig, shards: LineShards, device: str = "cpu") -> None:
        model, training = config.model, config.training
        if (shards.sample_rate, shards.hop) != (model.sample_rate, model.hop):
            raise TrainingError(
                f"{shards.folder} holds lines at {shards.sample_rate} Hz with frames of {shards.hop} "
                f"samples, and the preset is for {model.sample_rate} Hz and {model.hop}. "
                "Prepare them for this preset."
            )
        self.lines, held_out = shards.split("train"), shards.split("validation")
        blocks = self.lines.frequency_hz.shape[1] - 1
        if config.objective.excerpt_frames > blocks:
            raise TrainingError(
                f"objective.excerpt_frames must be at most {blocks}, the length of the lines, "
                f"not {config.objective.excerpt_frames}."
            )
        self.timbres = [LineTimbre(**timbre) for timbre in shards.timbres]
        self.choice = replace(config, model=replace(model, timbres=len(self.timbres)))
        self.device = device
        torch.manual_seed(training.seed)
        self.model = build_ddsp(self.choice.model).to(device)
        self.average = fresh_average(self.model)
        self.state = TrainingState({"model": self.model}, adamw(self.model, training), self.average)
        self.plan = Plan(training.steps, training.evaluate_every, {"model": training.clip_norm})
        self.validation = even_excerpts(
            held_out, _VALIDATION_EXCERPTS, config.objective.excerpt_frames, model.hop
        )

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective = self.choice.training, self.choice.objective
        batch = drawn_excerpts(
            self.lines,
            step,
            training.batch_size,
            objective.excerpt_frames,
            self.choice.model.hop,
            seed=training.seed,
        ).to(self.device)
        made, touch = played(self.model, batch)
        generated, real = self._compared(made, batch.wave)
        distance = multi_scale_distance(generated, real, floor=FLOOR, sizes=SIZES).total.mean()
        terms = {
            "rate": rate_at(training, step),
            "train_mss": distance.detach(),
            "train_touch": touch.detach(),
        }
        return Loss((Objective(distance + objective.touch_weight * touch),), terms)

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        mss, lsd, touches = [], [], []
        for first in range(0, len(self.validation.timbre), _VALIDATION_BATCH):
            rows = slice(first, first + _VALIDATION_BATCH)
            batch = LineBatch(*(column[rows] for column in self.validation)).to(self.device)
            made, touch = played(self.average, batch)
            generated, real = self._compared(made, batch.wave)
            mss.append(multi_scale_distance(generated, real, floor=FLOOR, sizes=SIZES).total)
            lsd.append(log_spectral_distance_db(generated, real, floor=FLOOR))
            touches.append(touch)
        return {
            "mss": float(torch.cat(mss).mean()),
            "lsd_db": float(torch.cat(lsd).mean()),
            "touch_l1": float(torch.stack(touches).mean()),
        }

    def score(self, figures: dict[str, float], step: int) -> float | None:
        # Both are distances, and each belongs to a network of its own.
        return -figures["mss"] - figures["touch_l1"]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        metrics = {"validation": figures}
        save_line_synth(folder / "model", self.choice, cpu_state(self.average), self.timbres, metrics=metrics)

    def _compared(
        self, generated: Float[Tensor, "batch sample"], real: Float[Tensor, "batch sample"]
    ) -> tuple[Float[Tensor, "batch part"], Float[Tensor, "batch part"]]:
        """Cut off the start, before which the network does not know."""
        warm = self.choice.objective.warm_frames * self.choice.model.hop
        return generated[:, warm:], real[:, warm:]


def played(model: Ddsp, batch: LineBatch) -> tuple[Float[Tensor, "batch sample"], Float[Tensor, ""]]:
    """Resynthesize excerpts, and predict their loudness from their notes.

    Args:
        model: The network.
        batch: The excerpts.

    Returns:
        Sounds, and the L1 distance of the predicted loudness.
    """
    z = model.z(batch.timbre, batch.loudness.shape[1])
    predicted, _ = model.touch(batch.features, z)
    return model(batch.frequency_hz, batch.loudness, z), (predicted - batch.loudness).abs().mean()
