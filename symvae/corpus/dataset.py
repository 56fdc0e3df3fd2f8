"""Shards → batches of ids, with numpy and torch alone.

A shard holds whole tunes, bar after bar; a dataset is every window of so many bars within one tune.
Which windows make which batch follows from seed and step alone, so a run that stops and resumes
sees the same batches as one that does not.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int, Int64, UInt8
from torch import Tensor

from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.music.reason import Reason
from symvae.tokens.tokenizer import Tokenizer


class Windows(NamedTuple):
    """All windows of one split, and what was left out."""

    ids: UInt8[np.ndarray, "window bar position"]
    tune: Int64[np.ndarray, " window"]
    collection: Int64[np.ndarray, " window"]
    dropped: Counter[Reason]


def windows(shards: Shards, split: str, bars: int, *, mid_phrase: bool = False, stride: int = 1) -> Windows:
    """Every window of ``bars`` bars of a split, one every ``stride`` bars.

    A window is a phrase of its own, as if the music began and ended with it. With ``mid_phrase`` the bars
    stay as they stand in the tune. Left out: windows of which a whole bar is
    silent (`Reason.LONG_REST`) and tunes with too few bars (`Reason.TOO_SHORT`).
    """
    arrays = shards.split(split)
    starts, tunes, dropped = [], [], Counter[Reason]()
    for tune, (first, end) in enumerate(zip(arrays.tune_start[:-1], arrays.tune_start[1:], strict=True)):
        if end - first < bars:
            dropped[Reason.TOO_SHORT] += 1
            continue
        start = np.arange(first, end - bars + 1, stride)
        starts.append(start)
        tunes.append(np.full(len(start), tune))
    if not starts:
        raise CorpusError(
            f"No {split} tune of these shards has {bars} bars; prepare longer music or a shorter model."
        )
    start, tune_index = np.concatenate(starts), np.concatenate(tunes)
    ids = arrays.ids[start[:, None] + np.arange(bars)]
    if not mid_phrase:
        ids = shards.tokenizer.cut_out(ids)
        silent = shards.tokenizer.silent_bars(ids).any(-1)
        dropped[Reason.LONG_REST] += int(silent.sum())
        ids, tune_index = ids[~silent], tune_index[~silent]
    return Windows(ids, tune_index, arrays.collection[tune_index].astype(np.int64), dropped)


class Batches:
    """The endless, seeded sequence of training batches of one process."""

    def __init__(
        self,
        ids: UInt8[np.ndarray, "window bar position"],
        *,
        batch_size: int,
        transpose_by: int,
        tokenizer: Tokenizer,
        seed: int,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        if len(ids) < batch_size:
            raise CorpusError(
                f"The shards hold {len(ids)} training windows, fewer than one batch of {batch_size}. "
                "Prepare more music or set a lower batch_size."
            )
        self.ids = ids
        self.batch_size = batch_size
        self.transpose_by = transpose_by
        self.tokenizer = tokenizer
        self.seed = seed
        self.rank = rank
        self.processes = processes
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    @property
    def steps_per_epoch(self) -> int:
        return len(self.ids) // self.batch_size

    def batch(self, step: int) -> Int[Tensor, "batch bar position"]:
        """This process's rows of batch ``step``."""
        epoch, within = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch = epoch
            self._order = np.random.default_rng([self.seed, epoch]).permutation(len(self.ids))
        rows = self._order[within * self.batch_size : (within + 1) * self.batch_size]
        shift = np.random.default_rng([self.seed, step, 1]).integers(
            -self.transpose_by, self.transpose_by + 1, len(rows)
        )
        mine = slice(self.rank, None, self.processes)
        moved = self.tokenizer.transpose_ids(self.ids[rows[mine]], shift[mine])
        return torch.from_numpy(moved.astype(np.int64))
