"""The synthesizer: a spectrogram VAE from clips that sound fonts play.

    symvae train-synth --preset synth-24k --data SHARDS --out RUN [--resume]

All chance follows from seed and step.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from symvae.config.sound import SynthConfig
from symvae.corpus.clips import ClipDraws, Clips
from symvae.errors import TrainingError
from symvae.models.sound.quantized import Quantized, perplexity
from symvae.models.sound.spectrogram_vae import FLOOR, SpectrogramVAE
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.build_synth import build_discriminators, build_synth, synth_beta_at
from symvae.system.synth_artifacts import save_synth
from symvae.training.loop import Watch, endless, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.section import rate_at
from symvae.training.state import TrainingState, cpu_state, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan
from symvae.training.tasks.sound_loss import sound_loss

STATE = "state.pt"
_VALIDATION_SEED = 1
_VALIDATION_BATCH = 8


def train_synth(
    config: SynthConfig,
    draws: ClipDraws,
    held_out: ClipDraws,
    out: Path,
    *,
    resume: bool = False,
    start_from: SpectrogramVAE | None = None,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a synthesizer on clips.

    The best synthesizer has the smallest multi-scale spectral distance (MSS) from the reference on held-out
    notes.

    Args:
        config: All choices, as a preset names them.
        draws: Clips to train on.
        held_out: Clips of held-out notes.
        out: The run's folder: log, state and best synthesizer.
        resume: Go on with the run in ``out``.
        start_from: Network of the same sizes to start from; the adversarial stage needs one.
        device: "cpu" or "cuda".
        stop_after: End this call after this many steps in all.
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best synthesizer.

    Raises:
        TrainingError: ``out`` cannot be used, ``start_from`` has other sizes or is missing, or a gradient is
            not finite.
    """
    torch.set_num_threads(config.training.threads)
    folder = RunFolder.open(out, STATE, resume=resume)
    if config.objective.adversarial and start_from is None and not resume:
        raise TrainingError("objective.adversarial goes on from a trained synthesizer. Give one with --from.")
    task = SynthTask(config, draws, held_out, start_from, device)
    run(task, folder, stop_after=stop_after, watch=watch, stopping=stopping)
    return out / "model"


class SynthTask:
    """A spectrogram VAE, and discriminators where the objective is adversarial."""

    base: Base | None = None

    def __init__(
        self,
        config: SynthConfig,
        draws: ClipDraws,
        held_out: ClipDraws,
        start_from: SpectrogramVAE | None = None,
        device: str = "cpu",
    ) -> None:
        """Draw or copy the initial weights and play the validation clips.

        Args:
            config: All choices.
            draws: Clips to train on.
            held_out: Clips of held-out notes.
            start_from: Network of the same sizes to start from; None draws fresh weights.
            device: "cpu" or "cuda".

        Raises:
            TrainingError: ``start_from`` has other sizes than the preset.
        """
        self.choice, self.draws, self.device = config, draws, device
        training = config.training
        torch.manual_seed(training.seed)
        self.model = build_synth(config.model)
        if start_from is not None:
            try:
                self.model.load_state_dict(start_from.state_dict())
            except RuntimeError as error:
                raise TrainingError(
                    "The synthesizer to start from has other sizes than the preset. "
                    "Choose its sizes, or train from nothing."
                ) from error
        self.discriminators = build_discriminators(config)
        modules: dict[str, torch.nn.Module] = {"model": self.model}
        if self.discriminators is not None:
            modules["critic"] = self.discriminators.to(device)
            self.model.encoder.requires_grad_(False).eval()
        self.model.to(device)
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
        chance = np.random.default_rng(_VALIDATION_SEED)
        self.validation = _moved(held_out.of(held_out.timbres, chance), device)

    def settings(self, step: int) -> dict[str, Any]:
        return {"lr": rate_at(self.choice.training, step)}

    def loss(self, step: int) -> Loss:
        training, objective, alike = self.choice.training, self.choice.objective, self.choice.clips.alike
        progress = step / training.steps
        clips = _moved(self.draws.batch(step, training.batch_size, alike), self.device)
        loss = sound_loss(
            self.model,
            clips,
            generator=torch.Generator(self.device).manual_seed(training.seed * 1_000_003 + step),
            beta=synth_beta_at(objective, progress),
            free_nats=objective.free_nats,
            band_weight=objective.band_weight,
            envelope_weight=objective.envelope_weight,
            waveform_weight=objective.waveform_weight if progress >= objective.waveform_from else 0.0,
            alike=alike,
            waveform_frames=min(objective.waveform_frames, clips.roll.shape[2]),
            bf16=training.precision == "bf16",
            discriminators=self.discriminators,
            adversarial_weight=objective.adversarial_weight,
            matching_weight=objective.matching_weight,
        )
        terms = {f"train_{name}": term.detach() for name, term in loss._asdict().items() if term is not None}
        return Loss((Objective(loss.total),), {"rate": rate_at(self.choice.training, step), **terms})

    def average_share(self, step: int) -> float:
        return early_share(self.choice.training.ema_decay, step)

    def validate(self) -> dict[str, float]:
        return validate(self.average, self.validation)

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return -figures["mss"]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_synth(folder / "model", self.choice, cpu_state(self.average), metrics={"validation": figures})


@torch.no_grad()
def validate(model: SpectrogramVAE, clips: Clips) -> dict[str, float]:
    """Distances from the reference, each clip played in the timbre of the other one of its pair.

    Returns:
        Means over clips: ``mss`` (multi-scale spectral distance), ``lsd_db`` (log-spectral distance in dB),
        ``kl_nats``, and ``codebook_perplexity`` of an encoder that quantizes.
    """
    kl, mss, lsd, codes = [], [], [], []
    for first in range(0, len(clips.wave), _VALIDATION_BATCH):
        rows = Clips(*(column[first : first + _VALIDATION_BATCH] for column in clips))
        posterior = model.encode(rows.wave)
        z = posterior.mean.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
        predicted = model.play(rows.roll, rows.source, z[:, None]).clone()
        kl.append(posterior.kl_nats().sum(-1))
        mss.append(multi_scale_distance(predicted, rows.wave, floor=FLOOR).total)
        lsd.append(log_spectral_distance_db(predicted, rows.wave, floor=FLOOR))
        if isinstance(posterior, Quantized):
            codes.append(posterior.codes)
    figures = {
        "mss": torch.cat(mss).mean().item(),
        "lsd_db": torch.cat(lsd).mean().item(),
        "kl_nats": torch.cat(kl).mean().item(),
    }
    if codes:
        figures["codebook_perplexity"] = perplexity(torch.cat(codes)).mean().item()
    return figures


def _moved(clips: Clips, device: str) -> Clips:
    return Clips(*(column.to(device) for column in clips))
