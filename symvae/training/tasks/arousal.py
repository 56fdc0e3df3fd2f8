"""Arousal from labeled pieces: the mixture of two Gaussians over fader positions."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.corpus.shards import Shards
from symvae.latent.arousal import HIGH, LOW, UNLABELED, Arousal
from symvae.music.phrase import Phrase
from symvae.system.faders.scales import measure_ids
from symvae.system.symvae import SymVAE
from symvae.training.data import training_windows

#: The share of the pieces at either end that count as labeled; those between are without a label.
LABELED_SHARE = 0.4


class Piece(NamedTuple):
    """A labeled piece of music."""

    name: str
    series: str
    arousal: float
    phrases: tuple[Phrase, ...]


def labels(pieces: Sequence[Piece]) -> Int[np.ndarray, " piece"]:
    """`LOW` and `HIGH` for the calmest and the most excited, nothing for those between."""
    rating = np.array([piece.arousal for piece in pieces])
    low, high = np.quantile(rating, [LABELED_SHARE, 1 - LABELED_SHARE])
    return np.where(rating <= low, LOW, np.where(rating >= high, HIGH, UNLABELED))


def fit_arousal(
    pieces: Sequence[Piece],
    positions: Callable[[Sequence[Phrase]], Float[np.ndarray, "phrase fader"]],
    unlabeled: Float[np.ndarray, "phrase fader"],
    *,
    shuffle: int | None = None,
) -> Arousal:
    """The mixture from labeled pieces and other phrases; these weigh as much as the labeled together.

    ``shuffle`` seeds a permutation of the labels among the pieces: what is then learned is chance.
    """
    of_piece = labels(pieces)
    if shuffle is not None:
        of_piece = np.random.default_rng(shuffle).permutation(of_piece)
    x = np.concatenate([positions(piece.phrases) for piece in pieces] + [unlabeled])
    label = np.repeat(of_piece, [len(piece.phrases) for piece in pieces])
    label = np.concatenate([label, np.full(len(unlabeled), UNLABELED)])
    # Each piece counts once, however long; all unlabeled phrases together as half the pieces.
    weight = np.concatenate([np.full(len(p.phrases), 1 / len(p.phrases)) for p in pieces])
    rest = np.full(len(unlabeled), 0.5 * len(pieces) / max(1, len(unlabeled)))
    return Arousal.fit(x, label, np.concatenate([weight, rest]))


def unlabeled_positions(model: SymVAE, shards: Shards, stride: int = 20) -> Float[np.ndarray, "phrase fader"]:
    """Where every so many-th training phrase has its faders."""
    ids = training_windows(shards, model.config)[::stride]
    return model.scales.positions(measure_ids(model.tokenizer, model.scales.names, ids)).double().numpy()
