"""Does the arousal fader excite and calm music that neither it nor its judge has seen?

Labeled pieces (`symvae.corpus.sources.vgmidi`) are taken series by series. For each series, two things
are learned from the others alone: the mixture that the fader follows (`symvae.latent.arousal`), and a
judge, a ridge regression from what is measured on a piece to how listeners rated it. Windows from all over
each piece of the series are then faded to eight positions from calm to excited, and the judge rates what
came out.

    spearman       of position and rating, a piece, mean over pieces
    low_to_high    of the pieces that listeners found calmer than the median, the share that the judge rates
                   above the median once they are set to the highest position; high_to_low likewise
    range          mean rating at the highest less that at the lowest, in standard deviations of the ratings
    chroma, groove what is left of the music, mean over positions (`symvae.evaluation.metrics.similarity`)

Once with all faders free and once with the tempo held: speeding music up is no art. Beside the fader stand
what costs nothing (speed up; thin; both and the velocity) and the fader learned from shuffled labels, which
should do nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from symvae.attributes.table import measure
from symvae.errors import CorpusError
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.metrics.control import ranks
from symvae.evaluation.metrics.similarity import content_similarity
from symvae.music.phrase import Phrase
from symvae.system.symvae import SymVAE
from symvae.training.tasks.arousal import Piece, fit_arousal

POSITIONS = np.linspace(0.1, 0.9, 8)
#: What the judge hears; the tempo as its logarithm.
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
#: Of a long piece so many windows are faded and judged, evenly from its first to its last.
MOST_WINDOWS = 4
RULE_STRENGTH = 0.35


#: Phrases at one of the positions, 0 to 1, given what was learned from other series.
Move = Callable[[Sequence[Phrase], float], list[Phrase]]


class Judge(NamedTuple):
    """A ridge regression from features of a piece to its rating."""

    mean: Float[np.ndarray, " feature"]
    std: Float[np.ndarray, " feature"]
    weight: Float[np.ndarray, " feature"]
    rating: float

    @classmethod
    def fit(cls, pieces: Sequence[Piece]) -> "Judge":
        """From whole pieces: features are means over their windows."""
        x = np.stack([features(piece.phrases).mean(axis=0) for piece in pieces])
        y = np.array([piece.arousal for piece in pieces])
        mean, std = x.mean(axis=0), x.std(axis=0) + 1e-9
        scaled = (x - mean) / std
        gram = scaled.T @ scaled + _RIDGE * np.eye(len(FEATURES))
        return cls(mean, std, np.linalg.solve(gram, scaled.T @ (y - y.mean())), float(y.mean()))

    def __call__(self, phrases: Sequence[Phrase]) -> float:
        """The rating of a piece."""
        return float(self.rating + ((features(phrases).mean(axis=0) - self.mean) / self.std) @ self.weight)


def features(phrases: Sequence[Phrase]) -> Float[np.ndarray, "phrase feature"]:
    """What the judge hears of each phrase."""
    columns = measure(phrases, FEATURES)
    columns["tempo"] = np.log(columns["tempo"])
    return np.stack(list(columns.values()), axis=1)


def arousal(
    model: SymVAE,
    pieces: Sequence[Piece],
    unlabeled: Float[np.ndarray, "phrase fader"],
    *,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The figures of the arousal fader of ``model``, and of all it is held against.

    ``unlabeled`` are the fader positions of training phrases.
    """

    def fader(hold: tuple[str, ...], shuffle: int | None = None) -> Callable[[Sequence[Piece]], Move]:
        def learned(others: Sequence[Piece]) -> Move:
            mixture = fit_arousal(others, model.fader_positions, unlabeled, shuffle=shuffle)
            faded = model.with_arousal(mixture)
            return lambda phrases, share: faded.fade_each(
                phrases, [{"arousal": share}] * len(phrases), hold=hold
            )

        return learned

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
    return {
        "series": len({piece.series for piece in pieces}),
        "positions": POSITIONS.round(4).tolist(),
        **{
            name: by_series(pieces, way, progress=lambda _, share, name=name: progress(name, share))  # type: ignore[misc]
            for name, way in ways.items()
        },
    }


def by_series(
    pieces: Sequence[Piece], make_move: Callable[[Sequence[Piece]], Move], *, progress: Progress = silent
) -> dict[str, float | int]:
    """The figures of one way of moving; ``make_move`` learns it from the pieces of other series."""
    series = sorted({piece.series for piece in pieces})
    if len(series) < 2:
        raise CorpusError("Pieces of one series only: there is no other to learn from. Give more series.")
    rows = []
    for number, name in enumerate(series):
        others = [piece for piece in pieces if piece.series != name]
        judge, move = Judge.fit(others), make_move(others)
        middle = float(np.median([piece.arousal for piece in others]))
        for piece in pieces:
            if piece.series == name:
                rows.append(_of_piece(piece, judge, move, middle))
        progress("arousal", (number + 1) / len(series))
    return _summary(rows, np.array([piece.arousal for piece in pieces]).std())


class _Row(NamedTuple):
    rating: Float[np.ndarray, " position"]
    middle: float
    was_high: bool
    chroma: float
    groove: float


def _of_piece(piece: Piece, judge: Judge, move: Move, middle: float) -> _Row:
    number = len(piece.phrases)
    chosen = np.unique(np.linspace(0, number - 1, min(number, MOST_WINDOWS)).round().astype(int))
    given = [piece.phrases[window] for window in chosen]
    outputs = [move(given, position) for position in POSITIONS]
    content = [content_similarity(given, phrases) for phrases in outputs]
    return _Row(
        np.array([judge(phrases) for phrases in outputs]),
        middle,
        piece.arousal > middle,
        float(np.mean([each.chroma.mean() for each in content])),
        float(np.mean([each.groove.mean() for each in content])),
    )


def _summary(rows: Sequence[_Row], std: float) -> dict[str, float | int]:
    rating = np.stack([row.rating for row in rows])
    middle, high = np.array([row.middle for row in rows]), np.array([row.was_high for row in rows])
    return {
        "pieces": len(rows),
        "spearman": float(np.mean(_item_spearman(rating))),
        "low_to_high": float((rating[:, -1] > middle)[~high].mean()),
        "high_to_low": float((rating[:, 0] <= middle)[high].mean()),
        "range": float((rating[:, -1] - rating[:, 0]).mean() / std),
        "chroma": float(np.mean([row.chroma for row in rows])),
        "groove": float(np.mean([row.groove for row in rows])),
    }


def _item_spearman(rating: Float[np.ndarray, "piece position"]) -> Float[np.ndarray, " piece"]:
    """Of position and rating; 0 for a piece whose rating never changes."""
    order = ranks(rating)
    order = order - order.mean(axis=1, keepdims=True)
    step = np.arange(rating.shape[1]) - (rating.shape[1] - 1) / 2
    norm = np.sqrt((order**2).sum(axis=1) * (step**2).sum())
    return np.where(norm > 0, order @ step / np.where(norm > 0, norm, 1), 0.0)


# What costs nothing


def speed_up(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """The tempo alone, by up to 35 % either way."""
    return [phrase.with_tempo(phrase.tempo_qpm * _factor(position)) for phrase in phrases]


def thin_out(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Calmer by leaving out the notes on the weakest sixteenths; nothing makes notes that are not there."""
    keep = min(1.0, _factor(position))
    return [_strongest(phrase, keep) for phrase in phrases]


def all_rules(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """Tempo, thinning and velocity together."""
    phrases = thin_out(speed_up(phrases, position), position)
    louder = [np.clip(np.round(p.velocity * _factor(position)), 1, 127).astype(np.int64) for p in phrases]
    return [replace(phrase, velocity=velocity) for phrase, velocity in zip(phrases, louder, strict=True)]


def thin_and_velocity(phrases: Sequence[Phrase], position: float) -> list[Phrase]:
    """All rules but the tempo's."""
    changed = all_rules(phrases, position)
    return [new.with_tempo(old.tempo_qpm) for new, old in zip(changed, phrases, strict=True)]


def _factor(position: float) -> float:
    return float(1 + RULE_STRENGTH * (2 * position - 1))


def _strongest(phrase: Phrase, share: float) -> Phrase:
    if not len(phrase):
        return phrase
    step = phrase.onset_step % phrase.grid.steps_per_bar
    weak = np.where(step % 4 == 0, 0, np.where(step % 2 == 0, 1, 2))
    order = np.lexsort((phrase.onset_step, weak))
    keep: Bool[np.ndarray, " note"] = np.zeros(len(phrase), bool)
    keep[order[: max(1, round(share * len(phrase)))]] = True
    return phrase.select(keep)
