import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import PhraseError
from symvae.evaluation.metrics.similarity import (
    bar_chroma,
    bar_groove,
    chroma_similarity,
    groove_similarity,
    similarity,
)
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase

GRID = Grid(bars=2)


def phrase(*notes: tuple[int, int], grid: Grid = GRID) -> Phrase:
    """Notes of one step each, from (onset, pitch)."""
    onset, pitch = np.array(notes, dtype=np.int64).reshape(-1, 2).T
    return Phrase(grid, onset_step=onset, duration_step=np.ones_like(onset), pitch=pitch)


SILENCE = phrase()
#: A C major chord on the first beat of either bar, and a D in the second.
CHORDS = phrase((0, 60), (0, 64), (0, 67), (16, 60), (16, 64), (16, 67), (20, 62))

phrases = st.lists(
    st.tuples(st.integers(0, GRID.num_steps - 1), st.integers(0, 127)), max_size=30, unique=True
).map(lambda notes: phrase(*notes))


def test_every_note_of_a_chord_is_counted_in_its_own_bar() -> None:
    assert bar_chroma(CHORDS).tolist() == [
        [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0],
    ]
    assert bar_groove(CHORDS)[:, [0, 4]].tolist() == [[3, 0], [3, 1]]
    assert bar_groove(CHORDS).sum() == 7


@given(phrases, phrases)
def test_similarities_are_symmetric_and_from_0_to_1(a: Phrase, b: Phrase) -> None:
    for metric in (chroma_similarity, groove_similarity):
        assert metric(a, a) == pytest.approx(1)
        assert metric(a, b) == pytest.approx(metric(b, a))
        assert 0 <= metric(a, b) <= 1 + 1e-9


@given(phrases.filter(lambda p: len(p) and p.pitch.max() < 116))
def test_octaves_do_not_matter(a: Phrase) -> None:
    assert chroma_similarity(a, a.transpose(12)) == pytest.approx(1)
    assert groove_similarity(a, a.transpose(12)) == pytest.approx(1)


def test_transposition_changes_chroma_only() -> None:
    higher = CHORDS.transpose(1)
    assert chroma_similarity(CHORDS, higher) == 0
    assert groove_similarity(CHORDS, higher) == pytest.approx(1)


def test_a_shifted_rhythm_changes_groove_only() -> None:
    later = phrase(
        *((onset + 2, pitch) for onset, pitch in zip(CHORDS.onset_step, CHORDS.pitch, strict=True))
    )
    assert chroma_similarity(CHORDS, later) == pytest.approx(1)
    assert groove_similarity(CHORDS, later) == 0


def test_the_order_of_bars_matters() -> None:
    """A similarity of whole phrases would miss it."""
    assert chroma_similarity(phrase((0, 60), (16, 62)), phrase((0, 62), (16, 60))) == 0


def test_similarity_by_hand() -> None:
    """Equal first bars; in the second 3 of 4 pitch classes, so 3 / √(3 · 4), and 9 / √(9 · 10) in rhythm."""
    without_d = phrase((0, 60), (0, 64), (0, 67), (16, 60), (16, 64), (16, 67))
    assert chroma_similarity(CHORDS, without_d) == pytest.approx((1 + 3 / np.sqrt(12)) / 2)
    assert groove_similarity(CHORDS, without_d) == pytest.approx((1 + 3 / np.sqrt(10)) / 2)


def test_silence_equals_silence_and_nothing_else() -> None:
    assert chroma_similarity(SILENCE, SILENCE) == groove_similarity(SILENCE, SILENCE) == 1
    assert chroma_similarity(SILENCE, CHORDS) == groove_similarity(CHORDS, SILENCE) == 0
    half = phrase((0, 60))
    assert chroma_similarity(half, SILENCE) == groove_similarity(half, SILENCE) == 0.5


def test_a_bar_of_6_8_has_twelve_positions() -> None:
    jig = phrase((0, 60), (18, 62), grid=Grid.of_metre("6/8", 2))
    assert bar_groove(jig).shape == (2, 12)
    assert bar_groove(jig)[1, 6] == 1
    assert groove_similarity(jig, jig) == pytest.approx(1)


def test_pairs_are_compared_one_by_one() -> None:
    both = similarity([CHORDS, SILENCE], [CHORDS.transpose(1), SILENCE])
    assert both.chroma.tolist() == [0, 1]
    assert both.groove.tolist() == pytest.approx([1, 1])


def test_phrases_of_different_grids_are_refused() -> None:
    with pytest.raises(PhraseError, match="2 bars of 4/4 cannot be compared with 2 of 3/4 bar by bar"):
        chroma_similarity(CHORDS, phrase(grid=Grid.of_metre("3/4", 2)))
    with pytest.raises(ValueError, match="shorter"):
        similarity([CHORDS], [])
