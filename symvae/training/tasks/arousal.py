"""Arousal from labeled pieces: a mixture of two Gaussians over fader positions.

    symvae train-arousal MODEL LABELS --data SHARDS

The mixture is solved by expectation maximization in one call (`symvae.latent.arousal`): there are no steps,
no run folder and nothing to resume.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.attributes.emotion import AROUSAL_SIGN
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.latent.arousal import HIGH, LOW, UNLABELED, Arousal
from symvae.music.phrase import Phrase
from symvae.system.artifacts import save_scales
from symvae.system.faders.scales import measure_ids
from symvae.system.symvae import SymVAE

#: The share of the pieces at either end that count as labeled; those between are unlabeled.
LABELED_SHARE = 0.4
UNLABELED_STRIDE = 20
_RIDGE = 5.0


class Piece(NamedTuple):
    """A piece of music with ratings of its arousal and its valence."""

    name: str
    series: str
    arousal: float
    phrases: tuple[Phrase, ...]
    valence: float = 0.0


def train_arousal(model: SymVAE, pieces: Sequence[Piece], shards: Shards) -> Arousal:
    """Fit the arousal of a model with faders.

    Args:
        model: A model with faders; it stays as it is.
        pieces: Rated music.
        shards: Prepared music, whose training phrases are the unlabeled ones.

    Returns:
        The mixture and its scale.

    Raises:
        CorpusError: All pieces have the same label.
    """
    unlabeled = unlabeled_positions(model, shards)
    return fit_arousal(pieces, model.fader_positions, unlabeled, sign=expected_signs(model.scales.names))


class PartialEffect(NamedTuple):
    """Effect of one fader on the ratings, with all others held."""

    name: str
    weight: float
    """Standardized weight: change of the rating when the fader moves by one, both in standard deviations."""
    expected: int
    """Sign that studies of listeners found; 0 where they disagree."""


def partial_effects(
    pieces: Sequence[Piece],
    positions: Callable[[Sequence[Phrase]], Float[np.ndarray, "phrase fader"]],
    names: Sequence[str],
) -> list[PartialEffect]:
    """Ridge regression of the ratings on the faders, a row for each piece.

    Args:
        pieces: Rated music.
        positions: Fader positions of phrases; a piece has the mean of its phrases.
        names: The faders.

    Returns:
        One effect for each fader.
    """
    x = np.stack([positions(piece.phrases).mean(axis=0) for piece in pieces])
    y = np.array([piece.arousal for piece in pieces])
    x, y = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9), (y - y.mean()) / (y.std() + 1e-9)
    weights = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ y)
    rows = zip(names, weights.tolist(), expected_signs(names).tolist(), strict=True)
    return [PartialEffect(*row) for row in rows]


def expected_signs(names: Sequence[str]) -> Int[np.ndarray, " fader"]:
    """Expected sign of the effect of each fader on arousal (`symvae.attributes.emotion`)."""
    return np.array([AROUSAL_SIGN.get(name, 0) for name in names])


def labels(pieces: Sequence[Piece]) -> Int[np.ndarray, " piece"]:
    """`LOW` and `HIGH` for the calmest and the most excited pieces, `UNLABELED` for those between."""
    rating = np.array([piece.arousal for piece in pieces])
    low, high = np.quantile(rating, [LABELED_SHARE, 1 - LABELED_SHARE])
    return np.where(rating <= low, LOW, np.where(rating >= high, HIGH, UNLABELED))


def fit_arousal(
    pieces: Sequence[Piece],
    positions: Callable[[Sequence[Phrase]], Float[np.ndarray, "phrase fader"]],
    unlabeled: Float[np.ndarray, "phrase fader"],
    *,
    sign: Int[np.ndarray, " fader"] | None = None,
    shuffle: int | None = None,
) -> Arousal:
    """Fit the mixture to labeled pieces and unlabeled phrases.

    Each piece weighs the same, however long; all unlabeled phrases together weigh half as much as the pieces.

    Args:
        pieces: Rated music.
        positions: Fader positions of phrases.
        unlabeled: Fader positions of unlabeled phrases.
        sign: Expected sign of each fader's effect; None for no expectation.
        shuffle: Seed of a permutation of the labels among the pieces, a baseline at chance; None for none.

    Returns:
        The mixture and its scale.

    Raises:
        CorpusError: All pieces have the same label.
    """
    of_piece = labels(pieces)
    if shuffle is not None:
        of_piece = np.random.default_rng(shuffle).permutation(of_piece)
    x = np.concatenate([positions(piece.phrases) for piece in pieces] + [unlabeled])
    label = np.repeat(of_piece, [len(piece.phrases) for piece in pieces])
    label = np.concatenate([label, np.full(len(unlabeled), UNLABELED)])
    weight = np.concatenate([np.full(len(p.phrases), 1 / len(p.phrases)) for p in pieces])
    rest = np.full(len(unlabeled), 0.5 * len(pieces) / max(1, len(unlabeled)))
    return Arousal.fit(x, label, np.concatenate([weight, rest]), sign)


def unlabeled_positions(
    model: SymVAE, shards: Shards, stride: int = UNLABELED_STRIDE
) -> Float[np.ndarray, "phrase fader"]:
    """Fader positions of training phrases.

    Args:
        model: A model with faders.
        shards: Prepared music that fits the model.
        stride: One window in this many is measured.

    Returns:
        The positions, in units of each fader's scale.
    """
    config = model.config
    taken = windows(shards, "train", config.model.bars, mid_phrase=config.data.mid_phrase)
    values = measure_ids(model.tokenizer, model.scales.names, taken[::stride])
    return model.scales.positions(values).double().numpy()


def install_arousal(model: SymVAE, arousal: Arousal) -> None:
    """Write a fitted arousal beside the faders in the model's folder."""
    save_scales(model.folder, replace(model.scales, arousal=arousal))
