"""The valence protocol on pieces whose rating follows a known rule: major sounds positive, minor negative."""

import numpy as np
import pytest

from symvae.attributes.emotion import VALENCE_CUES
from symvae.errors import CorpusError
from symvae.evaluation.result import as_json
from symvae.evaluation.valence import tables, valence
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.training.tasks.arousal import Piece
from symvae.training.tasks.valence import fit_valence

MAJOR, MINOR = np.array([0, 4, 7, 5, 9, 2, 11, 0]), np.array([0, 3, 7, 5, 8, 2, 10, 0])


def piece(number: int) -> Piece:
    rng = np.random.default_rng(number)
    minor = bool(rng.integers(2))
    scale = MINOR if minor else MAJOR
    tonic = 60 + int(rng.integers(12))
    onset = 4 * np.arange(8)
    phrases = tuple(
        Phrase(
            Grid(2), onset, np.full(8, 4), tonic + scale[np.r_[0, rng.permutation(6) + 1, 0]], tempo_qpm=tempo
        )
        for tempo in rng.uniform(80, 140, 2)
    )
    rating = (-0.3 if minor else 0.3) + 0.1 * rng.normal()
    return Piece(f"piece {number}", f"series {number % 4}", 0.0, phrases, float(rating))


PIECES = [piece(number) for number in range(40)]


def test_mode_mixture_moves_what_listeners_hear_as_mode() -> None:
    figures = valence(PIECES)
    assert figures.pieces == 40
    assert figures.correlation > 0.6
    assert figures.weights["mode"] == max(figures.weights.values())
    assert list(figures.weights) == list(VALENCE_CUES)
    assert figures.range > 0.8
    assert min(figures.low_to_high, figures.high_to_low) > 0.5
    assert "here it is offered" in tables(as_json(figures))


def test_ratings_at_random_are_refused() -> None:
    order = np.random.default_rng(0).permutation(40)
    shuffled = [
        each._replace(valence=PIECES[other].valence) for each, other in zip(PIECES, order, strict=True)
    ]
    figures = valence(shuffled)
    assert figures.correlation < 0.5
    assert "here it is refused" in tables(as_json(figures))


def test_a_long_piece_counts_as_much_as_a_short_one() -> None:
    longer = [PIECES[0]._replace(phrases=PIECES[0].phrases * 5), *PIECES[1:]]
    assert fit_valence(longer).weight == pytest.approx(fit_valence(PIECES).weight)


def test_pieces_of_one_series_are_refused() -> None:
    with pytest.raises(CorpusError, match="held-out groups"):
        fit_valence([each._replace(series="one") for each in PIECES])
