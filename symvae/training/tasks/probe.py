"""The probe that evaluates synthesizers (`symvae.models.sound.probe`), from clips of the reference.

    python benchmarks/audio/train_probe.py --data SHARDS --font A.sf2 --font B.sf2 --out FOLDER

All chance follows from seed and step.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from symvae.audio.note_matching import F1, match_clips
from symvae.audio.transcription import transcribe
from symvae.corpus.clips import ClipDraws
from symvae.models.sound.probe import Probe
from symvae.nn.mixed import mixed
from symvae.objective.schedule import warmup_cosine
from symvae.system.build_synth import build_probe
from symvae.system.synth_artifacts import save_probe
from symvae.training.loop import Watch, run, unwatched
from symvae.training.run import Base, RunFolder
from symvae.training.state import TrainingState
from symvae.training.task import Loss, Objective, Plan
from symvae.training.tasks.lessons import augment, draw_lesson
from symvae.training.tasks.probe_loss import probe_loss

STATE = "probe-state.pt"
THRESHOLDS = tuple(np.arange(0.1, 0.75, 0.05).round(2).tolist())
VALIDATION_CLIPS = 24


@dataclass(frozen=True)
class ProbeChoice:
    """Choices of a probe."""

    steps: int
    clips: int = 12
    """Clips a step."""
    learning_rate: float = 4e-3
    seed: int = 0
    bf16: bool = False
    """Matrix products in bfloat16, where the processor has it."""
    validation_batches: int = 4
    """Batches of 24 held-out clips."""


def train_probe(
    choice: ProbeChoice,
    draws: ClipDraws,
    held_out: ClipDraws,
    folder: RunFolder | None = None,
    *,
    stop_after: int | None = None,
    watch: Watch = unwatched,
) -> tuple[Probe, dict[str, float]]:
    """Train a probe on clips of the reference.

    Args:
        choice: Length, rate and seed.
        draws: Clips to train on.
        held_out: Clips that decide the threshold of its notes.
        folder: Folder of a run that can be resumed; None keeps nothing on disk.
        stop_after: End this call after this many steps in all.
        watch: Called after each step.

    Returns:
        The probe and its figures on held-out clips, empty before its last step:
        ``note_f1``, ``instrument_accuracy`` and ``threshold``.
    """
    task = ProbeTask(choice, draws, held_out)
    run(task, folder, stop_after=stop_after, watch=watch)
    return task.probe.eval(), task.figures


class ProbeTask:
    """A probe that learns which notes were played, and on which instrument."""

    base: Base | None = None

    def __init__(self, choice: ProbeChoice, draws: ClipDraws, held_out: ClipDraws) -> None:
        """Draw the initial weights from torch's global generator.

        Args:
            choice: Length, rate and seed.
            draws: Clips to train on.
            held_out: Clips to validate on.
        """
        self.choice, self.draws, self.held_out = choice, draws, held_out
        torch.manual_seed(choice.seed)
        self.probe = build_probe(len(draws.programs), draws.sample_rate)
        optimizer = torch.optim.AdamW(
            self.probe.parameters(), lr=choice.learning_rate, betas=(0.9, 0.99), weight_decay=0.01
        )
        self.state = TrainingState({"probe": self.probe}, optimizer)
        self.plan = Plan(choice.steps, choice.steps, {"probe": 1.0})
        self.figures: dict[str, float] = {}

    def settings(self, step: int) -> dict[str, Any]:
        steps = self.choice.steps
        return {"lr": self.choice.learning_rate * warmup_cosine(step, steps, max(steps // 20, 1))}

    def loss(self, step: int) -> Loss:
        lesson = draw_lesson(self.draws, step, self.choice.clips)
        generator = torch.Generator().manual_seed(self.choice.seed * 1_000_003 + step)
        with mixed("cpu", self.choice.bf16):
            logits = self.probe(augment(lesson.wave, generator))
        value = probe_loss(logits, lesson, self.probe.frame_sec)
        return Loss((Objective(value),), {"train_loss": value.detach()})

    def average_share(self, step: int) -> float:
        return 0.0

    def validate(self) -> dict[str, float]:
        """Set the probe's threshold to the one with the best F1 of notes; its figures there."""
        lessons = [
            draw_lesson(self.held_out, step, VALIDATION_CLIPS)
            for step in range(self.choice.validation_batches)
        ]
        logits = [self.probe.predict(lesson.wave) for lesson in lessons]
        until_sec = self.held_out.samples / self.held_out.sample_rate
        reference = [notes for lesson in lessons for notes in lesson.notes]
        scores: dict[float, F1] = {}
        for threshold in THRESHOLDS:
            self.probe.threshold.fill_(threshold)
            found = [
                notes
                for batch in logits
                for notes in transcribe(
                    batch.onset,
                    batch.held,
                    lowest_pitch=self.probe.lowest_pitch,
                    frame_sec=self.probe.frame_sec,
                    threshold=float(self.probe.threshold),
                )
            ]
            scores[threshold] = match_clips(reference, found, until_sec=until_sec)
        best = max(scores, key=lambda threshold: scores[threshold].f1)
        self.probe.threshold.fill_(best)
        right = [
            batch.instrument.argmax(-1) == lesson.instrument
            for batch, lesson in zip(logits, lessons, strict=True)
        ]
        self.figures = {
            "note_f1": scores[best].f1,
            "instrument_accuracy": torch.cat(right).float().mean().item(),
            "threshold": best,
        }
        return self.figures

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        save_probe(folder, self.probe)
