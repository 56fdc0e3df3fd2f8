"""Scores of synthesized clips: distances from the reference, transcribed notes, recognized instruments."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.note_matching import F1, match_clips
from symvae.audio.notes import Notes
from symvae.audio.transcription import transcribe
from symvae.evaluation.excerpts import Excerpts
from symvae.models.sound.probe import Predictions, Probe
from symvae.models.sound.spectrogram_vae import FLOOR
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance

_BATCH = 8


class Figures(NamedTuple):
    """Means over clips."""

    mss: float
    lsd_db: float
    note_f1: float
    program: float


class ClipScores(NamedTuple):
    """Scores of each clip."""

    mss: Float[Tensor, " clip"]
    lsd_db: Float[Tensor, " clip"]
    notes: list[F1]
    recognized: Float[Tensor, " clip"]
    """1 where the probe recognizes the instrument."""

    def figures(self, rows: np.ndarray) -> Figures:
        """Means over clips given by index; notes are pooled."""
        clips = torch.from_numpy(rows)
        counts = F1(*np.array([self.notes[row] for row in rows.tolist()]).sum(0).tolist())
        return Figures(
            mss=self.mss[clips].mean().item(),
            lsd_db=self.lsd_db[clips].mean().item(),
            note_f1=counts.f1,
            program=self.recognized[clips].mean().item(),
        )


def score_clips(probe: Probe, wave: Float[Tensor, "clip sample"], drawn: Excerpts) -> ClipScores:
    """Compare sound with the reference and with the notes that were played.

    Args:
        probe: Transcribes the clips and recognizes their instruments.
        wave: Sound of each clip.
        drawn: Reference, notes and instrument of each clip.

    Returns:
        The scores of each clip.
    """
    parts = list(zip(wave.split(_BATCH), drawn.clips.wave.split(_BATCH), strict=True))
    predictions = probe.predict(wave)
    until_sec = wave.shape[-1] / probe.sample_rate
    return ClipScores(
        torch.cat([multi_scale_distance(a, b, floor=FLOOR).total for a, b in parts]),
        torch.cat([log_spectral_distance_db(a, b, floor=FLOOR) for a, b in parts]),
        [
            match_clips([reference], [estimated], until_sec=until_sec)
            for reference, estimated in zip(drawn.notes, clip_notes(probe, predictions), strict=True)
        ],
        (predictions.instrument.argmax(-1) == drawn.clips.timbre).float(),
    )


def clip_notes(probe: Probe, predictions: Predictions) -> list[Notes]:
    """Notes of each clip that the probe predicts."""
    return transcribe(
        predictions.onset,
        predictions.held,
        lowest_pitch=probe.lowest_pitch,
        frame_sec=probe.frame_sec,
        threshold=float(probe.threshold),
    )


def concatenate(parts: list[ClipScores]) -> ClipScores:
    """Join the scores of several batches."""
    return ClipScores(
        torch.cat([part.mss for part in parts]),
        torch.cat([part.lsd_db for part in parts]),
        [counts for part in parts for counts in part.notes],
        torch.cat([part.recognized for part in parts]),
    )
