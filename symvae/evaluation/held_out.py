"""The phrases that an evaluation is about, and the training phrases that it may look at.

Held-out tunes share no cluster with training tunes (`symvae.corpus.split`), and still a plain bar
may stand in both. A held-out window whose notes also stand somewhere in train, in whatever key, is
therefore left out where a model shows what it can do with unknown music, and counted. Windows are
compared by their ids with the first onset moved to one fixed pitch. Samples are compared with all
held-out windows: without the plain ones, real music would look busier than it is.

This module knows ids and shards, and no network.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int, Int64, UInt8
from torch import Tensor

from symvae.config.run import RunConfig
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.tokens.tokenizer import Tokenizer
from symvae.training.data import as_tensor, training_windows


class HeldOut(NamedTuple):
    """Windows of one split."""

    ids: Int[Tensor, "phrase bar position"]
    tune: Int64[np.ndarray, " phrase"]
    collection: Int64[np.ndarray, " phrase"]
    collections: tuple[str, ...]
    """Names, by the numbers in ``collection``."""
    split: str
    known: Bool[np.ndarray, " phrase"]
    """Whether the window also stands in train."""
    left_out: dict[str, int]
    """Windows left out because they stand in train, by collection; empty where none is left out."""
    dropped: dict[str, int]
    """What was no window at all, by reason."""

    def take(self, rows: Int64[np.ndarray, " chosen"]) -> "HeldOut":
        """The same with some of the windows."""
        return self._replace(
            ids=self.ids[torch.from_numpy(rows)],
            tune=self.tune[rows],
            collection=self.collection[rows],
            known=self.known[rows],
        )

    def fresh(self) -> "HeldOut":
        """Those that do not stand in train, and how many of each collection did.

        Raises `CorpusError` when fewer than two are left: nothing can then be compared.
        """
        left = int((~self.known).sum())
        if left < 2:
            raise CorpusError(
                f"Of {len(self.ids)} {self.split} windows only {left} do not also stand in train, too few to "
                "measure a model on. Prepare more music, or music that repeats less."
            )
        count = np.bincount(self.collection[self.known], minlength=len(self.collections))
        present = {self.collections[index]: int(count[index]) for index in np.unique(self.collection)}
        return self.take(np.flatnonzero(~self.known))._replace(left_out=present)

    def some(self, count: int | None, seed: int) -> "HeldOut":
        """``count`` windows by a seeded draw, in their old order; all for None or too large a count."""
        if count is None or count >= len(self.ids):
            return self
        return self.take(np.sort(np.random.default_rng(seed).permutation(len(self.ids))[:count]))


def held_out(shards: Shards, config: RunConfig, split: str = "test") -> HeldOut:
    """Every window of ``split`` as the model was trained to see it."""
    taken = windows(shards, split, config.model.bars, mid_phrase=config.data.mid_phrase)
    return HeldOut(
        as_tensor(taken.ids),
        taken.tune,
        taken.collection,
        tuple(shards.card["collections"]),
        split,
        known=stands_in(taken.ids, training_windows(shards, config), shards.tokenizer),
        left_out={},
        dropped={str(reason): count for reason, count in taken.dropped.items() if count},
    )


def stands_in(
    ids: UInt8[np.ndarray, "window bar position"],
    others: UInt8[np.ndarray, "other bar position"],
    tokenizer: Tokenizer,
) -> Bool[np.ndarray, " window"]:
    """Whether each window's notes stand among ``others`` in any key."""
    known = {row.tobytes() for row in without_key(others, tokenizer)}
    return np.array([row.tobytes() in known for row in without_key(ids, tokenizer)], dtype=bool)


def without_key(
    ids: UInt8[np.ndarray, "window bar position"], tokenizer: Tokenizer
) -> Int[np.ndarray, "window step"]:
    """The windows with every pitch as a distance from the first one: equal for equal music in any key."""
    flat = ids.reshape(len(ids), math.prod(ids.shape[1:])).astype(np.int16)
    lowest, highest = tokenizer.pitch_ids
    onset = (flat >= lowest) & (flat <= highest)
    first = np.take_along_axis(flat, onset.argmax(axis=1)[:, None], axis=1)
    fixed = np.int16(1000)  # far from hold and note-off, whatever the distance
    return np.where(onset, flat - first + fixed, flat)
