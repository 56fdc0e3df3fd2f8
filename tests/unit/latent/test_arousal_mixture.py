"""Arousal: a mixture with known answers, and laws of moves that reach an arousal."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.errors import CorpusError
from symvae.latent.arousal import HIGH, LOW, UNLABELED, Arousal

FADERS = 3
APART = np.array([2.0, -1.0, 0.0])
"""Difference of the class means; the third fader carries no information."""
SPREAD = np.array([[1.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 1.0]])


def planted(count: int = 4000, seed: int = 0, excited: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Phrases of both classes, with their class."""
    chance = np.random.default_rng(seed)
    kind = (chance.random(count) < excited).astype(int)
    noise = chance.multivariate_normal(np.zeros(FADERS), SPREAD, count)
    return noise + (kind[:, None] - 0.5) * APART, kind


def mixture(labeled: int = 4000, count: int = 4000) -> Arousal:
    positions, kind = planted(count)
    label = np.where(np.arange(count) < labeled, kind, UNLABELED)
    return Arousal.fit(positions, label)


AROUSAL = mixture()
PHRASES = arrays("float64", (4, FADERS), elements=st.floats(-2, 2))
SHARES = arrays("float64", 4, elements=st.floats(0, 1))
#: At least one fader is left to move that tells calm from excited.
HELD = st.sampled_from([[], [0], [1], [2], [0, 2], [1, 2]]).map(lambda which: np.isin(np.arange(3), which))


def angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


@pytest.mark.parametrize(("labeled", "within_degrees"), [(4000, 3), (30, 8)])
def test_the_direction_is_found_with_all_labels_and_with_few(labeled: int, within_degrees: float) -> None:
    """Thirty labels without unlabeled phrases are 37 degrees off."""
    found = mixture(labeled)
    assert angle(found.weights, np.linalg.solve(SPREAD, APART)) < within_degrees
    assert found.mean[HIGH] - found.mean[LOW] == pytest.approx(APART, abs=0.35)
    positions, kind = planted(seed=9)
    right = ((found.score(positions) > 0) == (kind == HIGH)).mean()
    assert right > 0.89  # the Bayes rule classifies .906 ± .005


def test_unbalanced_classes_are_estimated_from_unlabeled_phrases() -> None:
    """One in ten is excited. With equal weights the mean of the excited would be a deviation too low."""
    positions, kind = planted(excited=0.1)
    found = Arousal.fit(positions, np.where(np.arange(4000) < 100, kind, UNLABELED))
    assert found.mean[HIGH] == pytest.approx(APART / 2, abs=0.25)
    assert found.mean[LOW] == pytest.approx(-APART / 2, abs=0.15)


def test_swapped_labels_reverse_the_scale() -> None:
    positions, kind = planted(500)
    there, back = Arousal.fit(positions, kind), Arousal.fit(positions, 1 - kind)
    assert back.weights == pytest.approx(-there.weights)
    assert back.of(positions) == pytest.approx(1 - there.of(positions), abs=1e-6)


def test_arousal_is_the_share_of_phrases_that_are_calmer() -> None:
    positions, _ = planted()
    arousal = AROUSAL.of(positions)
    assert np.quantile(arousal, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_a_weight_of_two_equals_a_phrase_twice() -> None:
    """And a weight of zero equals its absence."""
    positions, kind = planted(200)
    weight = np.where(np.arange(200) < 50, 2.0, 1.0)
    twice = Arousal.fit(np.concatenate([positions, positions[:50]]), np.concatenate([kind, kind[:50]]))
    weighed = Arousal.fit(positions, kind, weight)
    assert weighed.weights == pytest.approx(twice.weights)
    assert weighed.score_at[5:-5] == pytest.approx(twice.score_at[5:-5], abs=0.15)
    fewer = Arousal.fit(positions, kind, np.where(np.arange(200) < 150, 1.0, 1e-12))
    assert fewer.weights == pytest.approx(Arousal.fit(positions[:150], kind[:150]).weights)


@given(PHRASES, PHRASES, st.floats(-1, 2))
def test_the_score_is_linear(a: np.ndarray, b: np.ndarray, share: float) -> None:
    between = AROUSAL.score(a + share * (b - a))
    assert between == pytest.approx(
        AROUSAL.score(a) + share * (AROUSAL.score(b) - AROUSAL.score(a)), abs=1e-9
    )
    assert AROUSAL.score(a + 1) - AROUSAL.score(a) == pytest.approx(AROUSAL.weights.sum())


@given(PHRASES)
def test_arousal_increases_with_the_score(positions: np.ndarray) -> None:
    order = AROUSAL.score(positions).argsort()
    arousal = AROUSAL.of(10 * positions)[AROUSAL.score(10 * positions).argsort()]
    assert (np.diff(arousal) >= 0).all()
    assert ((arousal >= 0) & (arousal <= 1)).all()
    assert (np.diff(AROUSAL.of(positions)[order]) >= 0).all()


@given(PHRASES, SHARES, HELD)
def test_the_requested_arousal_is_met_and_held_faders_stay(
    positions: np.ndarray, arousal: np.ndarray, held: np.ndarray
) -> None:
    before = positions.copy()
    moved = AROUSAL.toward(positions, arousal, held)
    steps = np.linspace(0, 1, len(AROUSAL.score_at))
    assert AROUSAL.score(moved) == pytest.approx(np.interp(arousal, steps, AROUSAL.score_at), abs=1e-6)
    assert AROUSAL.of(moved) == pytest.approx(arousal, abs=1e-6)
    assert (moved[:, held] == positions[:, held]).all()
    assert (positions == before).all()


@given(PHRASES, HELD, PHRASES)
def test_no_move_to_that_arousal_has_a_smaller_mahalanobis_norm(
    positions: np.ndarray, held: np.ndarray, other: np.ndarray
) -> None:
    precision = np.linalg.inv(AROUSAL.covariance)
    move = AROUSAL.toward(positions, np.full(4, 0.7), held) - positions
    sideways = np.where(held, 0.0, other)
    sideways -= (
        (sideways @ AROUSAL.weights)[:, None]
        * move
        / np.where(move @ AROUSAL.weights, move @ AROUSAL.weights, 1)[:, None]
    )
    length = lambda m: np.einsum("pf,fg,pg->p", m, precision, m)  # noqa: E731
    assert (length(move + sideways) >= length(move) - 1e-6).all()


def test_the_current_arousal_moves_nothing() -> None:
    positions, _ = planted(20)
    assert AROUSAL.toward(positions, AROUSAL.of(positions)) == pytest.approx(positions, abs=1e-6)


@pytest.mark.filterwarnings("error")
def test_with_every_fader_held_nothing_moves() -> None:
    positions, _ = planted(5)
    moved = AROUSAL.toward(positions, np.ones(5), np.ones(FADERS, bool))
    assert (moved == positions).all()
    assert moved is not positions


@pytest.mark.parametrize("label", [UNLABELED, LOW, HIGH])
def test_labels_of_one_class_are_refused(label: int) -> None:
    with pytest.raises(CorpusError) as refused:
        Arousal.fit(planted(9)[0], np.full(9, label))
    assert str(refused.value) == (
        "Arousal is learned from calm and excited phrases. Give labels of both kinds."
    )


def test_a_constant_fader_has_no_weight() -> None:
    """The ridge keeps the covariance from being singular."""
    positions, kind = planted(300)
    positions[:, 2] = 0.5
    found = Arousal.fit(positions, kind)
    assert found.weights[2] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(found.score_at).all()


def test_it_survives_json() -> None:
    again = Arousal.from_dict(json.loads(json.dumps(AROUSAL.to_dict())))
    positions, _ = planted(50)
    assert again.of(positions) == pytest.approx(AROUSAL.of(positions), abs=1e-4)
    assert again.toward(positions, np.full(50, 0.9)) == pytest.approx(
        AROUSAL.toward(positions, np.full(50, 0.9)), abs=1e-3
    )
    assert again.to_dict() == AROUSAL.to_dict()


# Expected signs


def confounded() -> tuple[np.ndarray, np.ndarray]:
    """Excited phrases have more notes; loudness is excited by itself, and loud phrases have few notes."""
    rng = np.random.default_rng(3)
    notes = rng.normal(size=3000)
    loud = -0.9 * notes + 0.3 * rng.normal(size=3000)
    rest = rng.normal(size=3000)
    return np.stack([notes, loud, rest], axis=1), (notes + 0.3 * rng.normal(size=3000) > 0).astype(int)


def test_loudness_falls_with_confounds_and_rises_with_signs() -> None:
    positions, kind = confounded()
    assert Arousal.fit(positions, kind).direction()[1] < 0
    signed = Arousal.fit(positions, kind, sign=np.array([1, 1, 0]))
    assert (signed.direction()[:2] >= 0).all()
    assert signed.direction()[0] > 0


@given(PHRASES, st.floats(0.05, 0.95), st.integers(0, 2**FADERS - 1))
def test_no_fader_moves_against_its_sign_and_those_without_stay(positions, arousal, mask) -> None:
    sign = np.array([1, -1, 0])
    found = Arousal.fit(*planted(), sign=sign)
    held = np.array([bool(mask >> bit & 1) for bit in range(FADERS)])
    moved = found.toward(positions, np.full(4, arousal), held)
    way = np.sign(found.score_of(np.full(4, arousal)) - found.score(positions))
    assert ((moved - positions) * sign * way[:, None] >= -1e-9).all()
    assert (moved[:, held | (sign == 0)] == positions[:, held | (sign == 0)]).all()
    if not held[:2].all():
        assert found.of(moved) == pytest.approx(np.full(4, arousal), abs=1e-6)


def test_an_expected_effect_is_kept_where_labels_are_silent() -> None:
    positions, kind = planted()
    found = Arousal.fit(positions, kind, sign=np.array([1, -1, 1]))
    assert 0 < found.weights[2] < 0.2 * found.weights[0]


def test_signs_survive_saving() -> None:
    found = Arousal.fit(*planted(), sign=np.array([1, -1, 0]))
    again = Arousal.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again.sign is not None
    assert again.sign.tolist() == [1, -1, 0]
    assert again.weights == pytest.approx(found.weights, abs=1e-4)
    with pytest.raises(ValueError, match="a sign for each fader"):
        Arousal.from_dict(found.to_dict() | {"sign": [2, 0, 0]})
