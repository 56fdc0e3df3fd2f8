"""An n-gram model of token ids: what the next token costs, in nats, given the few before it.

Interpolated Witten-Bell smoothing (Bell, Cleary and Witten, "Text Compression", 1990; the
interpolated form of Chen and Goodman 1998): with c(h) how often the context h was seen and t(h)
how many different tokens followed it,

    P(w | h) = ( c(h w) + t(h) · P(w | h shortened by its first token) ) / ( c(h) + t(h) )

down to a uniform distribution over the vocabulary. A phrase starts from a context of start marks.
The music is learned in every key: an n-gram's count in one key counts in each of ``shifts``.

It handles ids and knows no network.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer

FIRST_ONSET = 2
EVERY_KEY = range(-6, 7)


class _Counts(NamedTuple):
    """Sorted keys and what belongs to each."""

    key: Integer[np.ndarray, " key"]
    times: Float[np.ndarray, " key"]

    def of(self, keys: Integer[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """The counts of ``keys``, 0 where never seen."""
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where(self.key[place] == keys, self.times[place], 0.0)


class NGram:
    """Learns from windows of ids; `nats_per_token` says how surprising others are."""

    def __init__(
        self,
        ids: Integer[np.ndarray, "window bar position"],
        *,
        vocabulary_size: int,
        order: int = 5,
        shifts: Iterable[int] = EVERY_KEY,
    ) -> None:
        self.order = order
        self.vocabulary_size = vocabulary_size
        self._seen: list[_Counts] = []  # by length of the n-gram, from 1
        self._followed: list[tuple[_Counts, _Counts]] = []  # by length of the context: how often, by how many
        grams = _grams(ids, order, vocabulary_size)
        rows, count = np.unique(grams, axis=0, return_counts=True)
        rows, count = _in_every_key(rows, count, vocabulary_size, shifts)
        for length in range(1, order + 1):
            seen = _summed(self._key(rows[:, order - length :]), count)
            context = seen.key // self._base
            self._seen.append(seen)
            self._followed.append((_summed(context, seen.times), _summed(context, np.ones_like(seen.times))))

    def nats_per_token(self, ids: Integer[np.ndarray, "window bar position"]) -> Float[np.ndarray, " window"]:
        """The mean cost of each window's tokens."""
        grams = _grams(ids, self.order, self.vocabulary_size)
        probability = np.full(len(grams), 1.0 / self.vocabulary_size)
        for length in range(1, self.order + 1):
            key = self._key(grams[:, self.order - length :])
            often, kinds = (counts.of(key // self._base) for counts in self._followed[length - 1])
            known = often > 0
            together = self._seen[length - 1].of(key) + kinds * probability
            probability = np.where(known, together / np.where(known, often + kinds, 1.0), probability)
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
    vocabulary_size: int,
    shifts: Iterable[int],
) -> tuple[Integer[np.ndarray, "moved order"], Integer[np.ndarray, " moved"]]:
    """The n-grams in each key; those that would leave the vocabulary are not learned in that key."""
    onset = (rows >= FIRST_ONSET) & (rows < vocabulary_size)
    moved_rows, moved_count = [], []
    for shift in shifts:
        moved = np.where(onset, rows + shift, rows)
        inside = (~onset | ((moved >= FIRST_ONSET) & (moved < vocabulary_size))).all(axis=1)
        moved_rows.append(moved[inside])
        moved_count.append(count[inside])
    return np.concatenate(moved_rows), np.concatenate(moved_count)


def _summed(key: Integer[np.ndarray, " row"], count: np.ndarray) -> _Counts:
    unique, inverse = np.unique(key, return_inverse=True)
    return _Counts(unique, np.bincount(inverse, weights=count))
