"""Figures of anything that moves attributes of phrases: a model's faders, or a baseline.

Two tasks, one fader at a time:

    targets     each phrase is asked for the value of another phrase: Pearson and mean distance of requested
                and achieved values, as Pettenò et al. 2025 (arXiv 2511.07156) evaluate
    positions   each phrase at eight positions of the fader, the same for all, evenly from -1.75 to 1.75
                standard deviations of a normal attribute: `symvae.evaluation.metrics.controllability`, and
                the similarity to the input phrase (`symvae.evaluation.metrics.similarity`), over all moves
                and over those of at most one standard deviation of the data. Restrictiveness of each other
                attribute stands beside its mean over all, since FaderNets' covers a single one

Attributes are measured on the decoded music by the functions that measure the input. A silent output is
measured as silence, counted, and never redrawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from symvae.errors import CorpusError
from symvae.evaluation.metrics.controllability import Controllability, controllability, error_std
from symvae.evaluation.metrics.correlation import pearson, spearman
from symvae.evaluation.metrics.similarity import similarity
from symvae.evaluation.progress import Progress, silent
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import Scales, measure_phrases

POSITIONS = np.linspace(-1.75, 1.75, 8)
#: A move of at most this many data standard deviations should leave the music recognizable.
NEAR_STD = 1.0

#: Move phrases: set one fader (by number) to a value for each phrase, in the attribute's unit.
Move = Callable[[Sequence[Phrase], int, Float[np.ndarray, " phrase"]], list[Phrase]]


class TargetFigures(NamedTuple):
    """Requested against achieved values."""

    pearson: float
    spearman: float
    error_std: float
    """Mean absolute distance, in data standard deviations."""
    error: float
    """Mean absolute distance, in the attribute's unit."""


class MoveSimilarity(NamedTuple):
    """Mean similarity of outputs to their inputs; nan where no move is near."""

    chroma: float
    groove: float
    chroma_near: float = float("nan")
    groove_near: float = float("nan")


class FaderFigures(NamedTuple):
    """Both tasks of one fader."""

    targets: TargetFigures
    positions: Controllability
    content: MoveSimilarity
    others: dict[str, float]
    """FaderNets' restrictiveness of each other attribute."""
    silent: int
    """Silent outputs."""
    data_std: float
    """Standard deviation of the attribute over the input phrases, in its unit."""

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json: the figures of the targets on one level with the others."""
        fields = self._asdict()
        return {**fields.pop("targets")._asdict(), **fields}


@dataclass(frozen=True)
class MoveFigures:
    """All faders of a model or of a baseline."""

    faders: dict[str, FaderFigures]
    positions: dict[str, list[float]]
    """Values of the eight positions in each attribute's unit."""
    silent: int
    strangers: dict[str, float]
    """Chroma and groove similarity of unrelated phrases, a lower bound."""


def measure_moves(
    scales: Scales, music: Sequence[Phrase], move: Move, *, seed: int = 0, progress: Progress = silent
) -> MoveFigures:
    """Measure anything that moves phrases: a model's faders, or a baseline.

    Args:
        scales: Attributes and their positions.
        music: Input phrases.
        move: Moves phrases to values of one attribute.
        seed: Of the targets.
        progress: Called with the share that is done.

    Returns:
        Figures of every fader.

    Raises:
        CorpusError: If no two phrases differ in an attribute.
    """
    before = measure_phrases(music, scales.names)
    std = before.std(axis=0)
    for name, spread in zip(scales.names, std, strict=True):
        if not spread > 0:
            raise CorpusError(f"No two of the held-out phrases differ in {name}. Prepare more music for it.")
    of_targets = targets(scales, music, move, seed=seed)
    faders = {}
    for number, (name, scale) in enumerate(zip(scales.names, scales.calibrations, strict=True)):
        values = scale.value_at(POSITIONS)
        outputs = [move(music, number, np.full(len(music), value)) for value in values]
        achieved = np.stack([measure_phrases(phrases, scales.names) for phrases in outputs], axis=1)
        target = np.tile(values, (len(music), 1))
        near = np.abs(target - before[:, number : number + 1]) <= NEAR_STD * std[number]
        faders[name] = FaderFigures(
            targets=of_targets[name],
            positions=controllability(achieved, target, number, std),
            content=_similarity(music, outputs, near),
            others={
                other: float(1 - achieved[:, :, column].std(axis=1).mean() / std[column])
                for column, other in enumerate(scales.names)
                if other != name
            },
            silent=sum(not len(phrase) for phrases in outputs for phrase in phrases),
            data_std=float(std[number]),
        )
        progress("faders", (number + 1) / len(scales.names))
    strangers = similarity(music, [*music[1:], music[0]])
    return MoveFigures(
        faders=faders,
        positions=position_values(scales),
        silent=sum(fader.silent for fader in faders.values()),
        strangers={"chroma": float(strangers.chroma.mean()), "groove": float(strangers.groove.mean())},
    )


def targets(
    scales: Scales, music: Sequence[Phrase], move: Move, *, seed: int = 0
) -> dict[str, TargetFigures]:
    """Ask each phrase for the value of another one.

    Args:
        scales: Attributes, one fader each.
        music: Input phrases.
        move: Moves phrases to values of one attribute.
        seed: Of the permutation that gives each phrase its target.

    Returns:
        Figures of every fader.
    """
    before = measure_phrases(music, scales.names)
    rng = np.random.default_rng(seed)
    figures = {}
    for number, name in enumerate(scales.names):
        target = before[rng.permutation(len(music)), number]
        achieved = measure_phrases(move(music, number, target), [name])
        figures[name] = TargetFigures(
            pearson=pearson(target[:, None], achieved),
            spearman=spearman(target[:, None], achieved),
            error_std=error_std(target[:, None], achieved, float(before[:, number].std())),
            error=float(np.abs(target - achieved[:, 0]).mean()),
        )
    return figures


def position_values(scales: Scales) -> dict[str, list[float]]:
    """Values of the eight positions in each attribute's unit."""
    columns = zip(scales.names, scales.calibrations, strict=True)
    return {name: scale.value_at(POSITIONS).round(4).tolist() for name, scale in columns}


def _similarity(
    music: Sequence[Phrase], outputs: Sequence[Sequence[Phrase]], near: Bool[np.ndarray, "phrase position"]
) -> MoveSimilarity:
    pairs = [similarity(music, phrases) for phrases in outputs]
    chroma = np.stack([pair.chroma for pair in pairs], axis=1)
    groove = np.stack([pair.groove for pair in pairs], axis=1)
    everywhere = MoveSimilarity(chroma=float(chroma.mean()), groove=float(groove.mean()))
    if not near.any():
        return everywhere
    return everywhere._replace(chroma_near=float(chroma[near].mean()), groove_near=float(groove[near].mean()))
