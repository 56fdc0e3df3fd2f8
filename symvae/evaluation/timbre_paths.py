"""Paths between two instruments: is each position a sound of its own, with the same notes?

The same notes are synthesized at eleven positions from one timbre to another, in three ways:

    morph        a blend of the decoder's predictions for both ends (`symvae.models.sound.blend.Blend`)
    line         the straight line in z
    cross_fade   the sounds of both ends, mixed

Figures of a path:

    spearman      rank correlation of position and the probe's probability of the second instrument, of each
                  excerpt, then the mean over excerpts
    note_f1       F1 of the transcribed notes: the lower of both ends, and the lowest of all positions
    largest_step  largest log-mel distance between neighbors, as a share of the path; 0.1 is even
    decay_off_db  deviation of a held note's level at the middle position from the mean of both ends' levels
                  (`symvae.evaluation.metrics.decay`): a cross-fade decays like two instruments

A cross-fade keeps both ends' notes by construction and never leaves the two sounds: a morph should keep the
notes equally well and be one instrument.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.note_matching import match_clips
from symvae.audio.notes import Notes
from symvae.corpus.clips import ClipDraws
from symvae.evaluation.clip_scores import clip_notes
from symvae.evaluation.metrics.correlation import item_spearman
from symvae.evaluation.metrics.decay import decay_off_db
from symvae.evaluation.morphs import (
    POSITIONS,
    Path,
    blend_at,
    cross_fade,
    held_notes,
    line_at,
    synthesize_path,
)
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.sound.probe import Probe
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.named_timbre import NamedTimbre

PAIRS = (
    ("piano", "electric-piano"),
    ("piano", "strings"),
    ("harpsichord", "guitar"),
    ("vibraphone", "flute"),
    ("organ", "clarinet"),
    ("guitar", "bass"),
    ("violin", "flute"),
    ("violin", "trumpet"),
    ("strings", "organ"),
    ("clarinet", "trumpet"),
)
LABELS = {
    "morph": "**blend** of the decoder's predictions",
    "line": "straight line in z",
    "cross_fade": "cross-fade of both ends",
}


class PathFigures(NamedTuple):
    """Figures of one path, or means over paths."""

    spearman: float
    note_f1_ends: float
    note_f1_lowest: float
    largest_step: float
    decay_off_db: float


@dataclass(frozen=True)
class TimbrePaths:
    """Paths between pairs of instruments."""

    excerpts: int
    positions: int
    morph: PathFigures
    line: PathFigures
    cross_fade: PathFigures
    pairs: dict[str, dict[str, PathFigures]]
    """By pair of instruments and by the keys of `LABELS`."""


def pairs_among(instruments: Sequence[str]) -> list[tuple[str, str]]:
    """Select the `PAIRS` of given instruments, or the first ten of all their pairs if there are none."""
    known = [pair for pair in PAIRS if set(pair) <= set(instruments)]
    return known or list(combinations(instruments, 2))[: len(PAIRS)]


def timbre_paths(
    network: SpectrogramVAE,
    probe: Probe,
    draws: ClipDraws,
    instruments: Sequence[str],
    timbres: Mapping[str, NamedTimbre],
    *,
    excerpts: int,
    seed: int = 0,
    progress: Progress = silent,
) -> TimbrePaths:
    """Measure all kinds of path between pairs of instruments.

    Args:
        network: The synthesizer.
        probe: Transcribes the clips and recognizes their instruments.
        draws: Held-out phrases.
        instruments: Name of each program of the probe.
        timbres: Timbres by instrument.
        excerpts: Phrases played along each path.
        seed: Of the choice of phrases.
        progress: Called with the share that is done.

    Returns:
        Figures by pair, and their means.
    """
    rows: dict[str, dict[str, PathFigures]] = {}
    pairs = pairs_among([name for name in instruments if name in timbres])
    rng = np.random.default_rng([seed, 2])
    for done, (first, second) in enumerate(pairs):
        notes = [draws.notes(rng) for _ in range(excerpts)]
        start, end = timbres[first], timbres[second]
        paths = {
            way: synthesize_path(network, notes, draws.samples, [place(start, end, x) for x in POSITIONS])
            for way, place in (("morph", blend_at), ("line", line_at))
        }
        paths["cross_fade"] = cross_fade(paths["morph"])
        held = held_notes(network, start, end)
        rows[f"{first} to {second}"] = {
            way: path_figures(
                network,
                probe,
                path,
                notes,
                instruments.index(second),
                decay_off_db=mean_decay_off_db(held[way], held["start"], held["end"], network.sample_rate),
            )
            for way, path in paths.items()
        }
        progress("timbre paths", (done + 1) / len(pairs))
    means = {way: _mean([row[way] for row in rows.values()]) for way in LABELS}
    return TimbrePaths(excerpts=excerpts, positions=len(POSITIONS), **means, pairs=rows)


def path_figures(
    network: SpectrogramVAE,
    probe: Probe,
    path: Path,
    notes: list[Notes],
    second: int,
    *,
    decay_off_db: float,
) -> PathFigures:
    """Measure one path.

    Args:
        network: The synthesizer, for its log-mel spectrogram.
        probe: Transcribes the clips and recognizes their instruments.
        path: Sounds of all positions.
        notes: Notes of each clip.
        second: Number of the instrument at the end.
        decay_off_db: Deviation of held notes, measured elsewhere.

    Returns:
        The figures.
    """
    clips = path.shape[1]
    predictions = [probe.predict(waves) for waves in path]
    log_probability = torch.stack(
        [each.instrument.double().log_softmax(-1)[:, second] for each in predictions], 1
    )
    until_sec = path.shape[-1] / network.sample_rate
    f1 = [match_clips(notes, clip_notes(probe, each), until_sec=until_sec).f1 for each in predictions]
    return PathFigures(
        spearman=item_spearman(np.tile(POSITIONS, (clips, 1)), log_probability.numpy()),
        note_f1_ends=min(f1[0], f1[-1]),
        note_f1_lowest=min(f1),
        largest_step=largest_step(torch.stack([_log_mel(network, waves) for waves in path])),
        decay_off_db=decay_off_db,
    )


def largest_step(spectra: Float[Tensor, "position clip *any"]) -> float:
    """Largest mean distance between neighbors over the sum of all; the mean over clips."""
    steps = (spectra[1:] - spectra[:-1]).abs().flatten(2).mean(-1)
    return (steps.max(0).values / steps.sum(0).clamp(min=1e-9)).mean().item()


def mean_decay_off_db(
    middle: Float[Tensor, "note sample"],
    start: Float[Tensor, "note sample"],
    end: Float[Tensor, "note sample"],
    sample_rate: int,
) -> float:
    """Mean of `decay_off_db` over held notes.

    Args:
        middle: Notes at the middle position.
        start: Notes at position 0.
        end: Notes at position 1.
        sample_rate: Hz.

    Returns:
        The deviation in dB.
    """
    notes = zip(middle.double().numpy(), start.double().numpy(), end.double().numpy(), strict=True)
    return float(np.mean([decay_off_db(note, first, last, sample_rate) for note, first, last in notes]))


def tables(metrics: dict[str, Any]) -> str:
    """Tables of `TimbrePaths` as stored in metrics.json, of which ``metrics`` is the whole."""
    part = metrics["timbre_paths"]
    both = ("morph", "cross_fade")
    return section(
        "Between two instruments",
        f"{len(part['pairs'])} pairs, {part['excerpts']} excerpts each at {part['positions']} positions."
        " Spearman: of the position and the probability that the probe gives the second instrument. Notes"
        " (F1): at the lower end, and at the worst position. Largest step: of the log-mel spectrum between"
        " neighbors, as a share of the path; a tenth is even. Decay deviation: of a held note's level at the"
        " middle position from the mean of both ends' levels (dB, standard deviation over time). By pair: the"
        " blend.",
        table(
            ["", "Spearman", "notes, ends", "notes, worst", "largest step", "decay deviation"],
            [
                [label, *(share(part[way][name]) for name in PathFigures._fields)]
                for way, label in LABELS.items()
            ],
        ),
        table(
            [
                *("pair", "Spearman", "notes, worst", "largest step", "of the cross-fade"),
                *("decay deviation", "of the cross-fade"),
            ],
            [
                [
                    name,
                    share(row["morph"]["spearman"]),
                    share(row["morph"]["note_f1_lowest"]),
                    *(share(row[way]["largest_step"]) for way in both),
                    *(share(row[way]["decay_off_db"]) for way in both),
                ]
                for name, row in part["pairs"].items()
            ],
        ),
    )


@torch.inference_mode()
def _log_mel(network: SpectrogramVAE, waves: Float[Tensor, "clip sample"]) -> Float[Tensor, "clip frame mel"]:
    return network.log_mel(network.stft(waves.to(network.device)).abs()).cpu()


def _mean(rows: Sequence[PathFigures]) -> PathFigures:
    return PathFigures(*(float(np.mean(column)) for column in zip(*rows, strict=True)))
