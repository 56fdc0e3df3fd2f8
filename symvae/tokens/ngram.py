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
from jaxtyping import Float, Integer, UInt

from symvae.tokens.id_type import id_type

EVERY_KEY = range(-6, 7)


def shifts_of(pitch_ids: tuple[int, int]) -> Iterable[int]:
    """Transpositions in which music is counted: every key, or its own alone where no id is a pitch."""
    return EVERY_KEY if pitch_ids[0] <= pitch_ids[1] else (0,)


class Grams(NamedTuple):
    """Different n-grams of some music, in its own keys."""

    ids: UInt[np.ndarray, "gram order"]
    """Oldest token first; the vocabulary's size is the start mark."""
    occurrences: Integer[np.ndarray, " gram"]


class _Counts(NamedTuple):
    """Sorted n-gram keys and their counts."""

    key: Integer[np.ndarray, " key"]
    occurrences: Float[np.ndarray, " key"]

    def of(self, keys: Integer[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Counts of ``keys``; 0 for those never seen."""
        place = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where(self.key[place] == keys, self.occurrences[place], 0.0)


class NGram:
    """Language model of ids, in every key.

    Args:
        grams: The n-grams of the training music (`count_grams`).
        pitch_ids: First and last of the ids that are pitches, in rising order; transposition moves these.
        vocabulary_size: Number of ids.
        shifts: Transpositions in semitones in which each n-gram is counted.
    """

    def __init__(
        self,
        grams: Grams,
        *,
        pitch_ids: tuple[int, int],
        vocabulary_size: int,
        shifts: Iterable[int] = EVERY_KEY,
    ) -> None:
        self.grams = grams
        self.order = grams.ids.shape[1]
        self.vocabulary_size = vocabulary_size
        self._place_value = (vocabulary_size + 1) ** np.arange(self.order - 1, -1, -1, dtype=np.int64)
        seen = _summed(*self._in_every_key(pitch_ids, shifts))
        self._seen: list[_Counts] = []  # by length of the n-gram, from 1
        self._followed: list[tuple[_Counts, _Counts]] = []  # by context length: occurrences, different tokens
        for length in range(self.order, 0, -1):
            if length < self.order:
                seen = _summed(seen.key % (vocabulary_size + 1) ** length, seen.occurrences)
            context = seen.key // (vocabulary_size + 1)
            kinds = _summed(context, np.ones_like(seen.occurrences))
            self._seen.insert(0, seen)
            self._followed.insert(0, (_summed(context, seen.occurrences), kinds))

    @classmethod
    def fit(
        cls,
        ids: Integer[np.ndarray, "window bar position"],
        *,
        pitch_ids: tuple[int, int],
        vocabulary_size: int,
        order: int = 5,
        shifts: Iterable[int] = EVERY_KEY,
    ) -> "NGram":
        """Count the n-grams of training windows.

        Args:
            ids: Training windows.
            pitch_ids: First and last of the ids that are pitches.
            vocabulary_size: Number of ids.
            order: Length of the longest n-gram: each token is predicted from ``order - 1`` before it.
            shifts: Transpositions in semitones in which each n-gram is counted.

        Returns:
            The language model.
        """
        grams = count_grams(ids, order, vocabulary_size)
        return cls(grams, pitch_ids=pitch_ids, vocabulary_size=vocabulary_size, shifts=shifts)

    def nats(self, grams: Integer[np.ndarray, "gram order"]) -> Float[np.ndarray, " gram"]:
        """Cost of the last token of each n-gram after the others, in nats."""
        full = grams.astype(np.int64) @ self._place_value
        probability = np.full(len(grams), 1.0 / self.vocabulary_size)
        for length in range(1, self.order + 1):
            key = full % (self.vocabulary_size + 1) ** length
            context = key // (self.vocabulary_size + 1)
            occurrences, kinds = (counts.of(context) for counts in self._followed[length - 1])
            seen = occurrences > 0
            weighted = self._seen[length - 1].of(key) + kinds * probability
            probability = np.where(seen, weighted / np.where(seen, occurrences + kinds, 1.0), probability)
        return -np.log(probability)

    def nats_per_token(self, ids: Integer[np.ndarray, "window bar position"]) -> Float[np.ndarray, " window"]:
        """Mean cost of the tokens of each window, in nats."""
        grams = _grams(ids, self.order, self.vocabulary_size)
        return self.nats(grams).reshape(len(ids), -1).mean(axis=1)

    def _in_every_key(
        self, pitch_ids: tuple[int, int], shifts: Iterable[int]
    ) -> tuple[Integer[np.ndarray, " moved"], Float[np.ndarray, " moved"]]:
        """Keys and counts in each transposition; one that leaves the range of pitches is dropped."""
        (first, last), rows = pitch_ids, self.grams.ids.astype(np.int64)
        pitched = (rows >= first) & (rows <= last)
        key, step = rows @ self._place_value, pitched @ self._place_value
        lowest = np.where(pitched, rows, last).min(axis=1)
        highest = np.where(pitched, rows, first).max(axis=1)
        keys, counts = [], []
        for shift in shifts:
            inside = (lowest + shift >= first) & (highest + shift <= last) | ~pitched.any(axis=1)
            keys.append((key + shift * step)[inside])
            counts.append(self.grams.occurrences[inside].astype(float))
        return np.concatenate(keys), np.concatenate(counts)


def count_grams(ids: Integer[np.ndarray, "window bar position"], order: int, vocabulary_size: int) -> Grams:
    """Count every n-gram that ends in a token of a window.

    Args:
        ids: Windows.
        order: Length of an n-gram.
        vocabulary_size: Number of ids; also the start mark.

    Returns:
        The different n-grams.
    """
    place_value = (vocabulary_size + 1) ** np.arange(order - 1, -1, -1, dtype=np.int64)
    grams = _grams(ids, order, vocabulary_size)
    _, first, count = np.unique(grams @ place_value, return_index=True, return_counts=True)
    return Grams(grams[first].astype(id_type(vocabulary_size + 1)), count)


def _grams(
    ids: Integer[np.ndarray, "window bar position"], order: int, start_mark: int
) -> Integer[np.ndarray, "gram order"]:
    """Every n-gram that ends in a token of a window, in order."""
    flat = ids.reshape(len(ids), -1).astype(np.int64)
    padded = np.pad(flat, ((0, 0), (order - 1, 0)), constant_values=start_mark)
    return np.lib.stride_tricks.sliding_window_view(padded, order, axis=1).reshape(-1, order)


def _summed(key: Integer[np.ndarray, " row"], count: Float[np.ndarray, " row"]) -> _Counts:
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        key, count = key[order], count[order]
    start = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    return _Counts(key[start], np.add.reduceat(count, start))
