"""Imitation of a sound font that was not used in training, from one clip of each instrument."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from symvae.corpus.clips import ClipDraws
from symvae.evaluation.clip_scores import Figures, score_clips
from symvae.evaluation.excerpts import encode_timbres, excerpts, swap_pairs, synthesize
from symvae.evaluation.reports.markdown import section, share, table
from symvae.evaluation.sound import distances
from symvae.evaluation.timbre_space import nearest
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

LABELS = {
    "truth": "the font itself",
    "synth": "**imitated from another of its clips**",
    "by_name": "the instrument of that name",
}


@dataclass(frozen=True)
class UnseenFont:
    """Figures of an unseen font."""

    font: str
    clips: int
    truth: Figures
    synth: Figures
    by_name: Figures
    nearest: float
    """Share of the clips whose nearest named timbre is of the right instrument."""


def unseen_font(
    network: SpectrogramVAE,
    probe: Probe,
    draws: ClipDraws,
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]],
    *,
    font: str,
    pairs: int,
    seed: int,
) -> UnseenFont:
    """Imitate an unseen font.

    Args:
        network: The synthesizer.
        probe: Transcribes the clips and recognizes their instruments.
        draws: Held-out phrases and the font.
        known: Instrument and z of each named timbre.
        font: Name of the font.
        pairs: Pairs of clips of each instrument.
        seed: Of the choice of phrases.

    Returns:
        Figures of the font, of its imitation, and of the synthesizer's own instruments.
    """
    drawn = excerpts(draws, np.random.default_rng([seed, 4]), pairs=pairs)
    z = encode_timbres(network, drawn.clips)
    imitation = synthesize(network, drawn.clips, swap_pairs(z))
    all_clips = np.arange(len(imitation))
    labels, named = zip(*known, strict=True)
    found = nearest(z.numpy(), np.stack(named), np.array(labels))
    by_name = torch.from_numpy(np.stack([_first(known, int(t)) for t in drawn.clips.timbre])).float()
    return UnseenFont(
        font=font,
        clips=len(imitation),
        truth=score_clips(probe, drawn.clips.wave, drawn).figures(all_clips),
        synth=score_clips(probe, imitation, drawn).figures(all_clips),
        by_name=score_clips(probe, synthesize(network, drawn.clips, by_name), drawn).figures(all_clips),
        nearest=float((found == drawn.clips.timbre.numpy()).mean()),
    )


def tables(metrics: dict[str, Any]) -> str:
    """Table of an `UnseenFont` as stored in metrics.json, of which ``metrics`` is the whole."""
    part = metrics["unseen_font"]
    return section(
        "A font not used in training",
        f"{part['clips']} clips of {part['font']}. The nearest named timbre is of the right instrument for"
        f" {share(part['nearest'])} of them.",
        table(
            ["", "MSS", "LSD, dB", "notes (F1)", "instrument"],
            [
                [label, *distances(part[way]), *(share(part[way][name]) for name in ("note_f1", "program"))]
                for way, label in LABELS.items()
            ],
        ),
    )


def _first(
    known: Sequence[tuple[int, Float[np.ndarray, " latent"]]], instrument: int
) -> Float[np.ndarray, " latent"]:
    """First named timbre of an instrument."""
    return next(z for label, z in known if label == instrument)
