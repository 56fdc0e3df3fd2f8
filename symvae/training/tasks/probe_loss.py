"""The loss of the probe: onsets and held keys by frame, and the instrument."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from symvae.audio.keyboard import KEYS, LOWEST, on_keyboard
from symvae.audio.notes import Notes
from symvae.models.sound.probe import Predictions
from symvae.training.tasks.lessons import Lesson

#: Frames around an onset whose target is above 0.
ONSET_FRAMES = 2.0
HELD_WEIGHT = 0.3
INSTRUMENT_WEIGHT = 2.0


def probe_loss(logits: Predictions, lesson: Lesson, frame_sec: float) -> Float[Tensor, ""]:
    """Cross entropy of onsets and held keys, summed over keys, and of the instrument.

    Args:
        logits: The probe's output for the clips.
        lesson: The clips with their notes.
        frame_sec: Time from frame to frame.

    Returns:
        The weighted sum, averaged over clips and frames.
    """
    targets = [note_targets(notes, logits.onset.shape[1], frame_sec) for notes in lesson.notes]
    onset, held = (torch.stack(column) for column in zip(*targets, strict=True))
    return (
        functional.binary_cross_entropy_with_logits(logits.onset, onset, reduction="none").sum(-1).mean()
        + HELD_WEIGHT
        * functional.binary_cross_entropy_with_logits(logits.held, held, reduction="none").sum(-1).mean()
        + INSTRUMENT_WEIGHT * functional.cross_entropy(logits.instrument, lesson.instrument)
    )


def note_targets(
    notes: Notes, frames: int, frame_sec: float
) -> tuple[Float[Tensor, "frame key"], Float[Tensor, "frame key"]]:
    """Targets of a clip.

    Args:
        notes: The notes that were played.
        frames: Frames of the clip.
        frame_sec: Time from frame to frame.

    Returns:
        Onsets, 1 at an onset and less in the frames around it; and held keys, 1 while a key is held.
    """
    onset, held = np.zeros((frames, KEYS), np.float32), np.zeros((frames, KEYS), np.float32)
    key = on_keyboard(notes.pitch) - LOWEST
    for k, start, end in zip(key, notes.onset_sec / frame_sec, notes.end_sec / frame_sec, strict=True):
        first, last = max(int(np.ceil(start - ONSET_FRAMES)), 0), int(start + ONSET_FRAMES) + 1
        near = np.arange(first, max(min(last, frames), first))
        onset[near, k] = np.maximum(onset[near, k], 1 - np.abs(near - start) / ONSET_FRAMES)
        held[max(round(start), 0) : max(round(end), round(start) + 1), k] = 1
    return torch.from_numpy(onset), torch.from_numpy(held)
