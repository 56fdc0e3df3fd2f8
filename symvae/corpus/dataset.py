"""Training batches of token ids from shards, with numpy and torch alone.

Shards hold whole tunes, bar after bar. A data set is all windows of a number of bars within one tune: it
keeps where each window starts and reads the ids when they are asked for, so its size is 8 bytes a window,
however long the window. Seed and step alone decide which windows make a batch: a run that is stopped and
resumed sees the same batches as one that is not.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Bool, Float64, Int, Int64, UInt
from torch import Tensor

from symvae.corpus.shards import Shards, Split
from symvae.errors import CorpusError
from symvae.music.reason import Reason
from symvae.tokens.rows import Rows
from symvae.tokens.tokenizer import Tokenizer

#: Ids read at a time where all windows are gone through: the tokenizer's working arrays stay small.
IDS_AT_ONCE = 2**16
#: Augmentation of the ids of a batch.
Vary: TypeAlias = Callable[[UInt[np.ndarray, "..."], np.random.Generator], UInt[np.ndarray, "..."]]


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of one split. ``windows[rows]`` reads the ids of some, an array (row, bar, position)."""

    split: Split
    start: Int64[np.ndarray, " window"]
    """First bar of each window, counted through the whole split."""
    bars: int
    tokenizer: Tokenizer
    mid_phrase: bool
    """Keep bars as they are in the tune, with notes held into and out of the window."""
    dropped: Counter[Reason]
    """Windows and tunes left out."""

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: slice | Int[np.ndarray, " row"]) -> UInt[np.ndarray, "row bar position"]:
        ids = self.split.ids[self.start[rows, None] + np.arange(self.bars)]
        return ids if self.mid_phrase else self.tokenizer.cut_out(ids)

    @property
    def ids(self) -> UInt[np.ndarray, "window bar position"]:
        """The ids of all windows, read into memory again at each call."""
        ids = np.empty((len(self), self.bars, self.split.ids.shape[1]), self.split.ids.dtype)
        for rows in _pieces(len(self), ids[:1].size):
            ids[rows] = self[rows]
        return ids

    @property
    def tune(self) -> Int64[np.ndarray, " window"]:
        """Index of the tune of each window."""
        return np.searchsorted(self.split.tune_start, self.start, side="right") - 1

    @property
    def ends_tune(self) -> Bool[np.ndarray, " window"]:
        """True for each window that ends where its tune does."""
        return self.start + self.bars == self.split.tune_start[self.tune + 1]

    @property
    def collection(self) -> Int64[np.ndarray, " window"]:
        """Index of the collection of each window."""
        return self.split.collection[self.tune].astype(np.int64)

    def weight(self, power: float) -> Float64[np.ndarray, " window"] | None:
        """Weight of each window where collections are drawn in proportion to a power of their sizes.

        Args:
            power: 1 draws collections as large as they are, 0 all alike (temperature sampling: Arivazhagan et
                al. 2019, arXiv 1907.05019, where it is 1/T).

        Returns:
            Positive weights; None where all windows weigh the same.
        """
        if power == 1:
            return None
        size = np.bincount(self.collection).astype(np.float64)
        return size[self.collection] ** (power - 1)


def windows(shards: Shards, split: str, bars: int, *, mid_phrase: bool = False, stride: int = 1) -> Windows:
    """Find all windows of a split.

    A window is a phrase of its own, as if the music began and ended with it, unless ``mid_phrase``.

    Args:
        shards: The opened shards.
        split: "train", "validation" or "test".
        bars: Bars per window.
        mid_phrase: Keep bars as they are in the tune, silent ones too.
        stride: Bars from the start of one window to the start of the next.

    Returns:
        The windows in the order of the tunes. Left out, and counted in ``dropped``: windows with a silent bar
        (`Reason.LONG_REST`) and tunes with fewer bars than a window (`Reason.TOO_SHORT`).

    Raises:
        CorpusError: For a split without a tune of that many bars.
    """
    columns = shards.split(split)
    dropped = Counter[Reason]()
    starts = []
    for first, end in zip(columns.tune_start[:-1], columns.tune_start[1:], strict=True):
        if end - first < bars:
            dropped[Reason.TOO_SHORT] += 1
        else:
            starts.append(np.arange(first, end - bars + 1, stride))
    if not starts:
        raise CorpusError(_no_windows(shards, split, bars))
    everywhere = Windows(columns, np.concatenate(starts), bars, shards.tokenizer, mid_phrase, dropped)
    if mid_phrase:
        return everywhere
    silent = np.empty(len(everywhere), bool)
    for rows in _pieces(len(everywhere), bars * columns.ids.shape[1]):
        silent[rows] = shards.tokenizer.silent_bars(everywhere[rows]).any(-1)
    dropped[Reason.LONG_REST] += int(silent.sum())
    return Windows(columns, everywhere.start[~silent], bars, shards.tokenizer, mid_phrase, dropped)


def _no_windows(shards: Shards, split: str, bars: int) -> str:
    """The fault of a split without windows, and its remedy."""
    lengths = np.diff(shards.split(split).tune_start)
    if len(lengths):
        return (
            f"No {split} tune of these shards has {bars} bars, the longest has {int(lengths.max())}. "
            "Prepare longer music, or choose a model with fewer bars."
        )
    return (
        f"These shards have no {split} tune. Training learns from some songs and is checked on others, which "
        "must be no copies or variants of these, nor of the music that released models learned from. Prepare "
        "a folder with three such songs or more; for music near a single song use `symvae variations`."
    )


def _pieces(count: int, ids_per_window: int) -> Iterator[slice]:
    """Slices that go through all windows, about `IDS_AT_ONCE` ids each."""
    step = max(IDS_AT_ONCE // ids_per_window, 1)
    return (slice(first, first + step) for first in range(0, count, step))


class Batches:
    """The endless, seeded sequence of training batches of one process.

    Args:
        ids: All windows: `Windows`, or their ids in memory.
        batch_size: Windows per batch, over all processes.
        transpose_by: Windows are transposed at random by at most this many semitones, up or down.
        tokenizer: Transposes ids.
        seed: Of order and transposition.
        rank: Number of this process, from 0.
        processes: Number of processes that share each batch.
        section: Section of the config that the batch size is set in.
        vary: Augmentation of the ids of a batch, with the chance that it draws from; None for none.
        weight: How often each window is drawn, in proportion; None draws each once an epoch.

    Raises:
        CorpusError: For fewer windows than one batch.
    """

    def __init__(
        self,
        ids: Rows,
        *,
        batch_size: int,
        transpose_by: int,
        tokenizer: Tokenizer,
        seed: int,
        rank: int = 0,
        processes: int = 1,
        section: str = "training",
        vary: Vary | None = None,
        weight: Float64[np.ndarray, " window"] | None = None,
    ) -> None:
        if len(ids) < batch_size:
            raise CorpusError(
                f"The shards hold {len(ids)} training windows, fewer than one batch of {batch_size}. "
                "Prepare more music or set a lower batch_size. For this music: --set "
                f"{section}.batch_size={max(len(ids), 1)}."
            )
        self.ids = ids
        self.batch_size = batch_size
        self.transpose_by = transpose_by
        self.tokenizer = tokenizer
        self.seed = seed
        self.rank = rank
        self.processes = processes
        self.vary = vary
        self.weight = weight
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches in one pass over the windows."""
        return len(self.ids) // self.batch_size

    def batch(self, step: int) -> Int[Tensor, "batch bar position"]:
        """Read this process's rows of batch ``step``."""
        epoch, within = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._order = drawn(len(self.ids), self.weight, np.random.default_rng([self.seed, epoch]))
        rows = self._order[within * self.batch_size : (within + 1) * self.batch_size]
        shift = np.random.default_rng([self.seed, step, 1]).integers(
            -self.transpose_by, self.transpose_by + 1, len(rows)
        )
        mine = slice(self.rank, None, self.processes)
        moved = self.tokenizer.transpose_ids(self.ids[rows[mine]], shift[mine])
        if self.vary is not None:
            moved = self.vary(moved, np.random.default_rng([self.seed, step, 2]))
        return torch.from_numpy(moved.astype(np.int64))


def drawn(
    count: int, weight: Float64[np.ndarray, " window"] | None, chance: np.random.Generator
) -> Int64[np.ndarray, " window"]:
    """Draw the order of an epoch.

    Args:
        count: Number of windows.
        weight: How often each is drawn, in proportion; None draws each once.
        chance: Source of the draws.

    Returns:
        As many windows, in random order.
    """
    if weight is None:
        return chance.permutation(count)
    shares = np.cumsum(weight) / np.sum(weight)
    evenly = (np.arange(count) + chance.random()) / count
    return chance.permutation(np.minimum(np.searchsorted(shares, evenly, side="right"), count - 1))
