"""N-gram model of token ids: the cost in nats of each token given those before it.

Interpolated Witten-Bell smoothing (Bell, Cleary and Witten, "Text Compression", 1990; the interpolated
form of Chen and Goodman 1998): with c(h) the count of the context h and t(h) the number of different
tokens that followed it,

    P(w | h) = ( c(h w) + t(h) · P(w | h shortened by its first token) ) / ( c(h) + t(h) )

down to a uniform distribution over the vocabulary. A phrase starts from a context of start marks. The
music is learned in every key: an n-gram counted in one key counts in each of ``shifts``.

Plain ids; no network.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer

EVERY_KEY = range(-6, 7)


class _Counts(NamedTuple):
    """Sorted n-gram keys and their counts."""

    key: Integer[np.ndarray, " key"]
    occurrences: Float[np.ndarray, " key"]

    def of(self, keys: Integer[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Counts of ``keys``; 0 for those never seen."""
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where(self.key[place] == keys, self.occurrences[place], 0.0)


class NGram:
    """Language model of windows of ids, in every key.

    Args:
        ids: Training windows.
        pitch_ids: First and last of the ids that are pitches, in rising order; transposition moves these.
        vocabulary_size: Number of ids.
        order: Length of the longest n-gram: each token is predicted from ``order - 1`` before it.
        shifts: Transpositions in semitones in which each n-gram is counted.
    """

    def __init__(
        self,
        ids: Integer[np.ndarray, "window bar position"],
        *,
        pitch_ids: tuple[int, int],
        vocabulary_size: int,
        order: int = 5,
        shifts: Iterable[int] = EVERY_KEY,
    ) -> None:
        self.order = order
        self.vocabulary_size = vocabulary_size
        self._seen: list[_Counts] = []  # by length of the n-gram, from 1
        self._followed: list[tuple[_Counts, _Counts]] = []  # by context length: occurrences, different tokens
        grams = _grams(ids, order, vocabulary_size)
        rows, count = np.unique(grams, axis=0, return_counts=True)
        rows, count = _in_every_key(rows, count, pitch_ids, shifts)
        for length in range(1, order + 1):
            seen = _summed(self._key(rows[:, order - length :]), count)
            context = seen.key // self._base
            self._seen.append(seen)
            self._followed.append(
                (_summed(context, seen.occurrences), _summed(context, np.ones_like(seen.occurrences)))
            )

    def nats_per_token(self, ids: Integer[np.ndarray, "window bar position"]) -> Float[np.ndarray, " window"]:
        """Mean cost of the tokens of each window, in nats."""
        grams = _grams(ids, self.order, self.vocabulary_size)
        probability = np.full(len(grams), 1.0 / self.vocabulary_size)
        for length in range(1, self.order + 1):
            key = self._key(grams[:, self.order - length :])
            occurrences, kinds = (counts.of(key // self._base) for counts in self._followed[length - 1])
            seen = occurrences > 0
            weighted = self._seen[length - 1].of(key) + kinds * probability
            probability = np.where(seen, weighted / np.where(seen, occurrences + kinds, 1.0), probability)
        return -np.log(probability).reshape(len(ids), -1).mean(axis=1)

    @property
    def _base(self) -> int:
        return self.vocabulary_size + 1  # one more for the start mark

    def _key(self, grams: Integer[np.ndarray, "gram token"]) -> Integer[np.ndarray, " gram"]:
        key = np.zeros(len(grams), np.int64)
        for column in grams.T:
            key = key * self._base + column
        return key


def _grams(
    ids: Integer[np.ndarray, "window bar position"], order: int, start_mark: int
) -> Integer[np.ndarray, "gram order"]:
    """Every n-gram that ends in a token of a window, in order."""
    flat = ids.reshape(len(ids), -1).astype(np.int64)
    padded = np.pad(flat, ((0, 0), (order - 1, 0)), constant_values=start_mark)
    return np.lib.stride_tricks.sliding_window_view(padded, order, axis=1).reshape(-1, order)


def _in_every_key(
    rows: Integer[np.ndarray, "gram order"],
    count: Integer[np.ndarray, " gram"],
    pitch_ids: tuple[int, int],
    shifts: Iterable[int],
) -> tuple[Integer[np.ndarray, "moved order"], Integer[np.ndarray, " moved"]]:
    """The n-grams in each key; a transposition that leaves the range of pitches is dropped."""
    first, last = pitch_ids
    pitched = (rows >= first) & (rows <= last)
    moved_rows, moved_count = [], []
    for shift in shifts:
        moved = np.where(pitched, rows + shift, rows)
        inside = (~pitched | ((moved >= first) & (moved <= last))).all(axis=1)
        moved_rows.append(moved[inside])
        moved_count.append(count[inside])
    return np.concatenate(moved_rows), np.concatenate(moved_count)


def _summed(key: Integer[np.ndarray, " row"], count: np.ndarray) -> _Counts:
    unique, inverse = np.unique(key, return_inverse=True)
    return _Counts(unique, np.bincount(inverse, weights=count))
