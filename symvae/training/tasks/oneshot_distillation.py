"""The third stage of a drum machine: a small decoder that learns from its decoder (Hinton et al. 2015).

    z of the flow, and between the posteriors of two training sounds ─ decoder ─ log magnitudes
                                                                     └ small decoder ─┘ distance

Training sounds are few, places in z are not: the small decoder sees as many as it likes, with the weights of
classes between which morphs lead. So it comes as near as its size allows, while z, prior and faders stay.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.config.oneshot import OneShotConfig
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.drum_network import FLOOR, level_distance
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.models.oneshot.frame_decoder import FrameDecoder
from symvae.nn.gaussian import DiagonalGaussian
from symvae.nn.mixed import mixed
from symvae.training.one_cycle import one_cycle
from symvae.training.run import Base
from symvae.training.state import TrainingState, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan

STATE = "oneshot-distillation-state.pt"
_AVERAGE, _WEIGHT_DECAY, _CLIP_NORM = 0.99, 0.01, 1.0
_DB = 8.685889638


class Places(NamedTuple):
    """Posteriors of sounds and their classes."""

    posterior: DiagonalGaussian
    drum: Float[Tensor, "sound class"]


class Points(NamedTuple):
    """Points of z, and the weights of their classes."""

    z: Float[Tensor, "point latent"]
    drum: Float[Tensor, "point class"]


class DistillationTask:
    """A small decoder in training.

    Args:
        config: All choices.
        teacher: The network whose decoder it learns from, which stays as it is.
        student: The small decoder.
        prior: Flow over z.
        train: Posteriors of the training sounds.
        held_out: Posteriors of other drums, at whose means the decoders are compared.
        filters: Mel filters for the second distance.
        base: The model of the teacher.
    """

    def __init__(
        self,
        config: OneShotConfig,
        teacher: DrumVAE,
        student: FrameDecoder,
        prior: FlowPrior,
        train: Places,
        held_out: Places,
        filters: Float[Tensor, "bin mel"],
        base: Base | None = None,
    ) -> None:
        self.choice, self.base, settings = config, base, config.distillation
        self.teacher, self.student, self.prior = teacher.requires_grad_(False).eval(), student, prior
        self.train, self.held_out, self.filters = train, held_out, filters
        self.average = fresh_average(student)
        self.generator = torch.Generator().manual_seed(config.training.seed)
        optimizer = torch.optim.AdamW(
            student.parameters(), lr=settings.learning_rate, weight_decay=_WEIGHT_DECAY, fused=True
        )
        self.state = TrainingState({"student": student}, optimizer, self.average, self.generator)
        self.plan = Plan(
            settings.steps,
            max(settings.steps // 8, 1),
            {"student": _CLIP_NORM},
            phrases_per_step=settings.batch_size,
        )

    def settings(self, step: int) -> dict[str, Any]:
        return one_cycle(step, self.plan.steps, self.choice.distillation.learning_rate)

    def loss(self, step: int) -> Loss:
        z, drum = self._drawn(self.choice.distillation.batch_size)
        precise = self.choice.training.precision != "bf16"
        with mixed("cpu", not precise):
            condition = self.teacher.embed(drum)
            target, made = self.teacher.decoder(z, condition), self.student(z, condition)
        levels, mel = self._distance(made, target)
        total = levels + self.choice.objective.mel_weight * mel
        return Loss((Objective(total),), {"train_level_db": _DB * levels.detach()})

    def average_share(self, step: int) -> float:
        return early_share(_AVERAGE, step)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        z, condition = self.held_out.posterior.mean, self.teacher.embed(self.held_out.drum)
        levels, mel = self._distance(self.average(z, condition), self.teacher.decoder(z, condition))
        return {"level_db": _DB * float(levels), "mel_db": _DB * float(mel)}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        """Write nothing: the averaged weights are in the state, and a finished stage completes the model."""

    @torch.no_grad()
    def _drawn(self, count: int) -> Points:
        """Half of the points from the flow, half between two training sounds, every second one at a sound."""
        generator, classes = self.generator, self.train.drum.shape[1]
        drum = torch.eye(classes)[torch.randint(classes, (count // 2,), generator=generator)]
        drawn = self.prior.sample(
            len(drum), generator, attributes=drum, steps=self.choice.prior.solver_steps, solver="midpoint"
        )
        first, second = torch.randint(len(self.train.drum), (2, count - len(drum)), generator=generator)
        posterior = self.train.posterior
        noise = torch.randn((len(first), drawn.shape[1]), generator=generator)
        z = posterior.mean[first] + posterior.std[first] * noise
        share = torch.rand((len(first), 1), generator=generator)
        share[::2] = 0.0
        between = torch.lerp(z, posterior.mean[second], share)
        blended = torch.lerp(self.train.drum[first], self.train.drum[second], share)
        return Points(torch.cat([drawn, between]), torch.cat([drum, blended]))

    def _distance(
        self, made: Float[Tensor, "batch frame bin"], target: Float[Tensor, "batch frame bin"]
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Mean distances of decoded log magnitudes, on bins and on mel bands, in nepers."""
        wanted = self.teacher.denormalize(target).clamp(min=math.log(FLOOR))
        levels, mel = level_distance(self.teacher.denormalize(made), wanted, self.filters)
        return levels.mean(), mel.mean()
