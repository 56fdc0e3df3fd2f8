"""Held-out windows: the music that a model is evaluated on.

Held-out tunes share no near-duplicate cluster with training tunes (`symvae.corpus.split`), and still a plain
bar can occur in both. Where generalization is measured, held-out windows that also occur in the training set,
in any key, are therefore excluded and counted (`HeldOut.unseen`). Samples are compared with all held-out
windows: without the plain ones real music would look busier than it is.

Token ids and shards; no network.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int, Int64
from torch import Tensor

from symvae.config.run import RunConfig
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.evaluation.metrics.memorization import occurs_in
from symvae.training.data import as_tensor, training_windows


class HeldOut(NamedTuple):
    """Windows of one split."""

    ids: Int[Tensor, "phrase bar position"]
    tune: Int64[np.ndarray, " phrase"]
    """Number of the tune that each window comes from."""
    collection: Int64[np.ndarray, " phrase"]
    """Number of the collection that each window comes from."""
    collections: tuple[str, ...]
    """Names, by the numbers in ``collection``."""
    split: str
    in_training: Bool[np.ndarray, " phrase"]
    """True for each window that also occurs in the training set."""
    excluded: dict[str, int]
    """Windows excluded because they occur in the training set, by collection."""
    dropped: dict[str, int]
    """Windows that were cut but not used, by reason."""
    ends_tune: Bool[np.ndarray, " phrase"] | None = None
    """True for each window that ends where its tune does; None if unknown."""

    def take(self, rows: Int64[np.ndarray, " chosen"]) -> "HeldOut":
        """Select windows by index."""
        return self._replace(
            ids=self.ids[torch.from_numpy(rows)],
            tune=self.tune[rows],
            collection=self.collection[rows],
            in_training=self.in_training[rows],
            ends_tune=None if self.ends_tune is None else self.ends_tune[rows],
        )

    def unseen(self) -> "HeldOut":
        """Exclude windows that occur in the training set, and count them by collection.

        Raises:
            CorpusError: If fewer than two are left, so that nothing can be compared.
        """
        left = int((~self.in_training).sum())
        if left < 2:
            raise CorpusError(
                f"Of {len(self.ids)} {self.split} windows only {left} do not also occur in the training set,"
                " too few to measure a model. Prepare more music, or music that repeats less."
            )
        count = np.bincount(self.collection[self.in_training], minlength=len(self.collections))
        excluded = {self.collections[index]: int(count[index]) for index in np.unique(self.collection)}
        return self.take(np.flatnonzero(~self.in_training))._replace(excluded=excluded)

    def draw(self, count: int | None, seed: int) -> "HeldOut":
        """Draw ``count`` windows at random, in their old order; all of them for None or too large a count."""
        if count is None or count >= len(self.ids):
            return self
        return self.take(np.sort(np.random.default_rng(seed).permutation(len(self.ids))[:count]))


def held_out(shards: Shards, config: RunConfig, split: str = "test") -> HeldOut:
    """Cut every window of a split as the model was trained on them.

    Args:
        shards: Prepared music.
        config: The model's configuration: length of a window, and whether bars are cut mid-phrase.
        split: "test" or "validation".

    Returns:
        All windows, those that occur in the training set included.
    """
    cut = windows(shards, split, config.model.bars, mid_phrase=config.data.mid_phrase)
    return HeldOut(
        as_tensor(cut.ids),
        cut.tune,
        cut.collection,
        tuple(shards.card["collections"]),
        split,
        in_training=occurs_in(cut.ids, training_windows(shards, config), shards.tokenizer),
        excluded={},
        dropped={str(reason): count for reason, count in cut.dropped.items() if count},
        ends_tune=cut.ends_tune,
    )
