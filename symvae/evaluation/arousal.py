"""The arousal fader on labeled pieces, by leave-one-series-out cross-validation.

Pieces labeled by listeners (`symvae.corpus.sources.vgmidi`) are held out series by series. For each series
two models are fitted to the others alone: the mixture that the fader follows (`symvae.latent.arousal`), and
a ridge regression that predicts the listeners' rating of a piece from its attributes. Windows from all over
each piece of the held-out series are then set to eight positions from calm to excited, and the regression
rates the outputs.

    spearman       rank correlation of position and rating, mean over pieces
    low_to_high    of the pieces that listeners rated below the median, the share rated above it at the
                   highest position; high_to_low likewise
    range          mean rating at the highest position minus that at the lowest, in standard deviations of the
                   listeners' ratings
    chroma, groove similarity to the input, mean over positions (`symvae.evaluation.metrics.similarity`)
    velocity       mean velocity at the highest position minus that at the lowest

Measured once with all faders free and once with the tempo held, since speeding music up is trivial.
Baselines: rules without a model (`symvae.evaluation.arousal_rules`), and a fader learned from shuffled
labels, which should have no effect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.attributes.table import measure
from symvae.errors import CorpusError
from symvae.evaluation.arousal_rules import all_rules, speed_up, thin_and_velocity, thin_out
from symvae.evaluation.metrics.correlation import item_spearman
from symvae.evaluation.metrics.similarity import similarity
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE
from symvae.training.tasks.arousal import (
    PartialEffect,
    Piece,
    expected_signs,
    fit_arousal,
    partial_effects,
)

POSITIONS = np.linspace(0.1, 0.9, 8)
#: Inputs of the regression; the tempo enters as its logarithm.
FEATURES = (
    "tempo",
    "rhythm_density",
    "note_density",
    "mean_velocity",
    "articulation",
    "register",
    "mode",
)
_RIDGE = 5.0
#: Windows of a piece that are moved and rated, evenly from its first to its last.
MOST_WINDOWS = 4
LABELS = {
    "fader": "**fader**",
    "fader_tempo_held": "**fader, tempo held**",
    "shuffled_labels": "fader, shuffled labels",
    "speed_up": "rule: speed up",
    "thin_out": "rule: thin out",
    "all_rules": "rules: tempo, thinning, velocity",
    "thin_and_velocity": "rules: thinning, velocity",
}

#: Set phrases to a position from 0, calm, to 1, excited.
Move = Callable[[Sequence[Phrase], float], list[Phrase]]


class RatingRegression(NamedTuple):
    """Ridge regression from standardized features of a piece to its rating."""

    mean: Float[np.ndarray, " feature"]
    std: Float[np.ndarray, " feature"]
    weight: Float[np.ndarray, " feature"]
    rating: float
    """Mean rating of the pieces it was fitted to."""

    @classmethod
    def fit(cls, pieces: Sequence[Piece]) -> "RatingRegression":
        """Fit to whole pieces: features are means over their windows."""
        x = np.stack([features(piece.phrases).mean(axis=0) for piece in pieces])
        y = np.array([piece.arousal for piece in pieces])
        mean, std = x.mean(axis=0), x.std(axis=0) + 1e-9
        scaled = (x - mean) / std
        gram = scaled.T @ scaled + _RIDGE * np.eye(len(FEATURES))
        return cls(mean, std, np.linalg.solve(gram, scaled.T @ (y - y.mean())), float(y.mean()))

    def predict(self, phrases: Sequence[Phrase]) -> float:
        """Predict the rating of a piece from its phrases."""
        return float(self.rating + ((features(phrases).mean(axis=0) - self.mean) / self.std) @ self.weight)


def features(phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase feature"]:
    """`FEATURES` of each phrase."""
    columns = measure(phrases, FEATURES)
    columns["tempo"] = np.log(columns["tempo"])
    return np.stack(list(columns.values()), axis=1)


class ArousalFigures(NamedTuple):
    """One way of moving pieces; the module docstring defines each figure."""

    pieces: int
    spearman: float
    low_to_high: float
    high_to_low: float
    range: float
    chroma: float
    groove: float
    velocity: float
    """Mean velocity at the highest position minus that at the lowest."""


@dataclass(frozen=True)
class ArousalControl:
    """The arousal fader and its baselines."""

    series: int
    positions: list[float]
    effects: list[PartialEffect]
    ways: dict[str, ArousalFigures]

    def to_json(self) -> dict[str, Any]:
        """Fields as in metrics.json: each way is a key beside the others."""
        effects = {each.name: {"weight": each.weight, "expected": each.expected} for each in self.effects}
        return {
            "series": self.series,
            "positions": self.positions,
            "partial_effects": effects,
            **self.ways,
        }


def arousal(
    model: SymVAE,
    pieces: Sequence[Piece],
    unlabeled: Float[np.ndarray, "phrase fader"],
    *,
    progress: Progress = silent,
) -> ArousalControl:
    """Measure the arousal fader of a model and its baselines.

    Args:
        model: A model with faders.
        pieces: Labeled pieces of two series or more.
        unlabeled: Fader positions of training phrases.
        progress: Called with the share that is done of each way.

    Returns:
        Figures of each way of moving.

    Raises:
        CorpusError: If all pieces are of one series.
    """

    def fader(hold: tuple[str, ...], shuffle: int | None = None) -> Callable[[Sequence[Piece]], Move]:
        def fit(others: Sequence[Piece]) -> Move:
            # Labels at random keep no expectation either: it would move the music by itself.
            sign = expected_signs(model.scales.names) if shuffle is None else None
            mixture = fit_arousal(others, model.fader_positions, unlabeled, sign=sign, shuffle=shuffle)
            moved = model.with_arousal(mixture)
            return lambda phrases, position: moved.fade_each(
                phrases, [{"arousal": position}] * len(phrases), hold=hold
            )

        return fit

    tempo = ("tempo",) if "tempo" in model.scales.names else ()
    ways: dict[str, Callable[[Sequence[Piece]], Move]] = {
        "fader": fader(()),
        "fader_tempo_held": fader(tempo),
        "shuffled_labels": fader((), shuffle=0),
        "speed_up": lambda others: speed_up,
        "thin_out": lambda others: thin_out,
        "all_rules": lambda others: all_rules,
        "thin_and_velocity": lambda others: thin_and_velocity,
    }
    figures = {}
    for name, way in ways.items():
        figures[name] = leave_one_series_out(
            pieces,
            way,
            progress=lambda _, done, name=name: progress(name, done),  # type: ignore[misc]
        )
    return ArousalControl(
        series=len({piece.series for piece in pieces}),
        positions=POSITIONS.round(4).tolist(),
        effects=partial_effects(pieces, model.fader_positions, model.scales.names),
        ways=figures,
    )


def leave_one_series_out(
    pieces: Sequence[Piece], fit: Callable[[Sequence[Piece]], Move], *, progress: Progress = silent
) -> ArousalFigures:
    """Measure one way of moving pieces.

    Args:
        pieces: Labeled pieces of two series or more.
        fit: Learns the move from the pieces of all other series.
        progress: Called with the share of series that is done.

    Returns:
        Figures over all pieces.

    Raises:
        CorpusError: If all pieces are of one series.
    """
    series = sorted({piece.series for piece in pieces})
    if len(series) < 2:
        raise CorpusError(
            "All pieces are of one series, and no other is left to learn from. Give more series."
        )
    outcomes = []
    for number, name in enumerate(series):
        others = [piece for piece in pieces if piece.series != name]
        regression, move = RatingRegression.fit(others), fit(others)
        median = float(np.median([piece.arousal for piece in others]))
        outcomes += [_outcome(piece, regression, move, median) for piece in pieces if piece.series == name]
        progress("arousal", (number + 1) / len(series))
    return _summary(outcomes, np.array([piece.arousal for piece in pieces]).std())


class _Outcome(NamedTuple):
    rating: Float[np.ndarray, " position"]
    median: float
    was_high: bool
    chroma: float
    groove: float
    velocity: float


def _outcome(piece: Piece, regression: RatingRegression, move: Move, median: float) -> _Outcome:
    count = len(piece.phrases)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_WINDOWS)).round().astype(int))
    inputs = [piece.phrases[window] for window in chosen]
    outputs = [move(inputs, position) for position in POSITIONS]
    fidelity = [similarity(inputs, phrases) for phrases in outputs]
    return _Outcome(
        np.array([regression.predict(phrases) for phrases in outputs]),
        median,
        piece.arousal > median,
        float(np.mean([each.chroma.mean() for each in fidelity])),
        float(np.mean([each.groove.mean() for each in fidelity])),
        _loudness(outputs[-1]) - _loudness(outputs[0]),
    )


def _loudness(phrases: Sequence[Phrase]) -> float:
    return float(measure(phrases, ["mean_velocity"])["mean_velocity"].mean())


def _summary(outcomes: Sequence[_Outcome], std: float) -> ArousalFigures:
    rating = np.stack([each.rating for each in outcomes])
    median = np.array([each.median for each in outcomes])
    high = np.array([each.was_high for each in outcomes])
    return ArousalFigures(
        pieces=len(outcomes),
        spearman=item_spearman(np.tile(POSITIONS, (len(rating), 1)), rating),
        low_to_high=float((rating[:, -1] > median)[~high].mean()),
        high_to_low=float((rating[:, 0] <= median)[high].mean()),
        range=float((rating[:, -1] - rating[:, 0]).mean() / std),
        chroma=float(np.mean([each.chroma for each in outcomes])),
        groove=float(np.mean([each.groove for each in outcomes])),
        velocity=float(np.mean([each.velocity for each in outcomes])),
    )


def tables(part: dict[str, Any]) -> str:
    """Table of `ArousalControl` as stored in metrics.json."""
    return section(
        "Arousal",
        f"{part['fader']['pieces']} pieces of {part['series']} series, each at eight positions. A regression,"
        " fitted like the fader to the other series, rates the outputs.",
        ways_table(part),
        effects_table(part),
    )


def effects_table(part: dict[str, Any]) -> str:
    """Partial effects of the faders on the ratings, and the signs that studies of listeners found."""
    signs = {1: "+", -1: "−", 0: "they disagree"}
    rows = [
        [name.replace("_", " "), f"{each['weight']:+.2f}", signs[each["expected"]]]
        for name, each in part.get("partial_effects", {}).items()
    ]
    return table(["fader", "partial effect on the rating", "expected from studies"], rows) if rows else ""


def ways_table(part: dict[str, Any]) -> str:
    """Figures of each way of moving, a row each."""
    rows = [
        [
            label,
            *(share(part[way][figure]) for figure in ("spearman", "low_to_high", "high_to_low")),
            f"{part[way]['range']:.2f}",
            *(share(part[way][figure]) for figure in ("chroma", "groove")),
            f"{part[way]['velocity']:+.1f}" if "velocity" in part[way] else "–",
        ]
        for way, label in LABELS.items()
    ]
    return table(
        ["", "Spearman", "low to high", "high to low", "range", "chroma", "groove", "velocity"], rows
    )
