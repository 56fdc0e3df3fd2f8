"""Teaching the probe (`symvae.models.sound.probe`) to hear: clips of the reference, and what was played in them.

    python benchmarks/audio/train_probe.py --data SHARDS --font A.sf2 --font B.sf2 --out FOLDER

Levels vary and a little noise is added, so that neither is mistaken for an instrument. All chance follows
from (seed, step).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from symvae.audio.excitation import KEYS, LOWEST, on_keyboard
from symvae.audio.note_matching import F1, match_clips
from symvae.audio.notes import Notes
from symvae.corpus.clips import ClipDraws, within
from symvae.models.sound.probe import Heard, Probe
from symvae.nn.mixed import mixed
from symvae.objective.schedule import warmup_cosine

#: How far around an onset, in frames, the probe may say so.
ONSET_FRAMES = 2.0
HELD_WEIGHT = 0.3
INSTRUMENT_WEIGHT = 2.0
LEVEL_DB = 8.0
THRESHOLDS = tuple(np.arange(0.1, 0.75, 0.05).round(2).tolist())


class Lesson(NamedTuple):
    """Clips and what was played in them."""

    wave: Float[Tensor, "clip sample"]
    notes: list[Notes]
    instrument: Int[Tensor, " clip"]


def train_probe(
    draws: ClipDraws,
    held_out: ClipDraws,
    *,
    steps: int,
    clips: int = 12,
    learning_rate: float = 4e-3,
    seed: int = 0,
    bf16: bool = False,
    watch: Callable[[int, dict[str, float]], None] = lambda step, figures: None,
    watch_every: int = 50,
    held_out_batches: int = 4,
) -> tuple[Probe, dict[str, float]]:
    """A probe that has heard ``steps`` batches of ``draws``, and its figures on ``held_out``.

    The threshold of its notes is the one with the best F1 there.
    """
    torch.manual_seed(seed)
    probe = Probe(len(draws.programs), sample_rate=draws.sample_rate)
    optimizer = torch.optim.AdamW(probe.parameters(), lr=learning_rate, betas=(0.9, 0.99), weight_decay=0.01)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * warmup_cosine(step, steps, max(steps // 20, 1))
        lesson = lesson_of(draws, step, clips)
        wave = disturbed(lesson.wave, torch.Generator().manual_seed(seed * 1_000_003 + step))
        with mixed("cpu", bf16):
            heard = probe(wave)
        loss = probe_loss(heard, lesson, probe.frame_sec)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(probe.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % watch_every == 0:
            watch(step + 1, {"loss": loss.item()})
    probe.eval()
    return probe, settle(probe, held_out, held_out_batches)


def lesson_of(draws: ClipDraws, step: int, clips: int) -> Lesson:
    """Batch ``step`` of ``draws``, each clip in a timbre and with notes of its own."""
    rng = np.random.default_rng([draws.seed, step])
    rows = []
    for _ in range(clips):
        font, instrument = draws.timbres[int(rng.integers(len(draws.timbres)))]
        notes, keys = draws.notes(rng), draws.keys[font, instrument]
        assert keys is not None, "a timbre that its player cannot play"
        notes = notes._replace(pitch=within(notes.pitch, *keys))
        wave = draws.players[font].play(notes, draws.programs[instrument], draws.samples).mean(0)
        rows.append((torch.from_numpy(wave), notes, instrument))
    waves, notes_of_clips, instruments = zip(*rows, strict=True)
    return Lesson(torch.stack(waves), list(notes_of_clips), torch.tensor(instruments))


def disturbed(wave: Float[Tensor, "clip sample"], generator: torch.Generator) -> Float[Tensor, "clip sample"]:
    """Louder or softer, and with white noise from -100 to -50 dB."""
    level_db = LEVEL_DB * (2 * torch.rand(len(wave), 1, generator=generator) - 1)
    noise_db = -100 + 50 * torch.rand(len(wave), 1, generator=generator)
    noise = torch.randn(wave.shape, generator=generator)
    return wave * 10 ** (level_db / 20) + noise * 10 ** (noise_db / 20)


def probe_loss(heard: Heard, lesson: Lesson, frame_sec: float) -> Float[Tensor, ""]:
    """Cross entropy of onsets and held keys, summed over keys, and of the instrument."""
    truth = [played(notes, heard.onset.shape[1], frame_sec) for notes in lesson.notes]
    onset, held = (torch.stack(column) for column in zip(*truth, strict=True))
    return (
        functional.binary_cross_entropy_with_logits(heard.onset, onset, reduction="none").sum(-1).mean()
        + HELD_WEIGHT
        * functional.binary_cross_entropy_with_logits(heard.held, held, reduction="none").sum(-1).mean()
        + INSTRUMENT_WEIGHT * functional.cross_entropy(heard.instrument, lesson.instrument)
    )


def played(
    notes: Notes, frames: int, frame_sec: float
) -> tuple[Float[Tensor, "frame key"], Float[Tensor, "frame key"]]:
    """What the probe should say: 1 at an onset, less around it; 1 while a key is held."""
    onset, held = np.zeros((frames, KEYS), np.float32), np.zeros((frames, KEYS), np.float32)
    key = on_keyboard(notes.pitch) - LOWEST
    for k, start, end in zip(key, notes.onset_sec / frame_sec, notes.end_sec / frame_sec, strict=True):
        first, last = max(int(np.ceil(start - ONSET_FRAMES)), 0), int(start + ONSET_FRAMES) + 1
        near = np.arange(first, max(min(last, frames), first))
        onset[near, k] = np.maximum(onset[near, k], 1 - np.abs(near - start) / ONSET_FRAMES)
        held[max(round(start), 0) : max(round(end), round(start) + 1), k] = 1
    return torch.from_numpy(onset), torch.from_numpy(held)


def settle(probe: Probe, held_out: ClipDraws, batches: int) -> dict[str, float]:
    """Set the probe's threshold by held-out clips; how well it hears them."""
    lessons = [lesson_of(held_out, step, 24) for step in range(batches)]
    heard = [probe.listen(lesson.wave) for lesson in lessons]
    until_sec = held_out.samples / held_out.sample_rate
    found: dict[float, F1] = {}
    for threshold in THRESHOLDS:
        probe.threshold.fill_(threshold)
        made = [notes for logits in heard for notes in probe.notes(logits)]
        true = [notes for lesson in lessons for notes in lesson.notes]
        found[threshold] = match_clips(true, made, until_sec=until_sec)
    best = max(found, key=lambda threshold: found[threshold].f1)
    probe.threshold.fill_(best)
    right = [
        logits.instrument.argmax(-1) == lesson.instrument
        for logits, lesson in zip(heard, lessons, strict=True)
    ]
    return {
        "note_f1": found[best].f1,
        "instrument_accuracy": torch.cat(right).float().mean().item(),
        "threshold": best,
    }
