import math

import numpy as np
import pytest

from symvae.tokens.ngram import NGram

VOCABULARY = 6


def windows(*rows: str) -> np.ndarray:
    """One bar a row, one digit a token."""
    return np.array([[int(token) for token in row] for row in rows], np.uint8)[:, None]


@pytest.mark.parametrize("start", ["", "2", "23", "2345", "5555"])
def test_probabilities_of_the_next_token_sum_to_1(start: str) -> None:
    """In contexts that were seen, partly seen, and never seen."""
    language = NGram.fit(
        windows("23452345", "22002200", "50505050"), pitch_ids=(2, 5), vocabulary_size=VOCABULARY, shifts=[0]
    )
    rows = windows(*(start + str(token) for token in range(VOCABULARY)))
    cost = language.nats_per_token(rows) * rows.shape[-1]
    before = language.nats_per_token(windows(start))[0] * len(start) if start else 0.0
    assert math.isclose(np.exp(before - cost).sum(), 1, rel_tol=1e-9)


def test_witten_bell_smoothing_by_hand() -> None:
    """Order 2 over "232" and "233": six tokens, 2 and 3 three times each, two different ones:

    P(2) = P(3) = (3 + 2/6) / (6 + 2)
    P(2 | start) = (2 + 1 · P(2)) / (2 + 1)    seen twice, always followed by 2
    P(3 | 2)     = (2 + 1 · P(3)) / (2 + 1)    seen twice inside a window, always followed by 3
    """
    language = NGram.fit(
        windows("232", "233"), pitch_ids=(2, 5), vocabulary_size=VOCABULARY, order=2, shifts=[0]
    )
    unigram = {2: (3 + 2 / 6) / (6 + 2), 3: (3 + 2 / 6) / (6 + 2)}
    after_start = (2 + 1 * unigram[2]) / (2 + 1)
    after_two = (2 + 1 * unigram[3]) / (2 + 1)
    expected = -(math.log(after_start) + math.log(after_two)) / 2
    assert language.nats_per_token(windows("23"))[0] == pytest.approx(expected)


def test_unseen_tokens_cost_more_than_a_training_phrase() -> None:
    training = windows("23452345", "23452345", "20002000")
    language = NGram.fit(training, pitch_ids=(2, 5), vocabulary_size=VOCABULARY, shifts=[0])
    cost = language.nats_per_token(windows("23452345", "55443322"))
    assert cost[0] < 0.8 < cost[1]


def test_music_is_learned_in_every_key() -> None:
    language = NGram.fit(windows("20304030"), pitch_ids=(2, 89), vocabulary_size=90)
    higher = windows("20304030") + np.where(windows("20304030") >= 2, 3, 0).astype(np.uint8)
    here, there = language.nats_per_token(np.concatenate([windows("20304030"), higher]))
    assert here == pytest.approx(there, rel=0.1)
    only_here = NGram.fit(windows("20304030"), pitch_ids=(2, 89), vocabulary_size=90, shifts=[0])
    assert only_here.nats_per_token(higher)[0] > 2 * only_here.nats_per_token(windows("20304030"))[0]


def test_context_lowers_the_cost() -> None:
    """3 always follows 2 and 5 always follows 4: four equally frequent tokens, two of them predictable."""
    rng = np.random.default_rng(0)
    first = np.where(rng.random((200, 8)) < 0.5, 2, 4)
    rows = np.stack([first, first + 1], axis=2).reshape(200, 1, 16).astype(np.uint8)
    alone, pairs = (
        NGram.fit(rows, pitch_ids=(2, 5), vocabulary_size=VOCABULARY, order=order, shifts=[0])
        .nats_per_token(rows)
        .mean()
        for order in (1, 2)
    )
    assert alone == pytest.approx(math.log(4), abs=0.05)
    assert pairs == pytest.approx(math.log(2) / 2, abs=0.05)
