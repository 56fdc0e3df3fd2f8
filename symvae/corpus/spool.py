"""Encoded tunes on disk: written in reading order, then copied into the columns of each split.

The split of a tune is known only when all tunes are read. Until then their ids wait in one file, so that a
preparation needs memory for the names of its tunes and not for their notes.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import UInt

from symvae.corpus.shards import SPLITS
from symvae.corpus.tune import TuneEntry


class Spool:
    """File of the ids of all tunes, one after the other; it is deleted when the spool closes.

    Args:
        path: The file to write.
        positions: Ids per bar.
        kind: Type of the ids.
    """

    def __init__(self, path: Path, positions: int, kind: "np.dtype[Any]") -> None:
        self._path = path
        self._positions = positions
        self._kind = kind
        self._file = path.open("w+b")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, ids: UInt[np.ndarray, "bar position"]) -> None:
        """Append the ids of a tune."""
        self._file.write(ids.tobytes())

    def write_splits(
        self, folder: Path, tunes: Sequence[TuneEntry], split_of: Sequence[str], collections: Sequence[str]
    ) -> None:
        """Write the columns of all splits (`symvae.corpus.shards` describes them).

        Args:
            folder: The shard folder.
            tunes: All tunes, in the order in which they were added.
            split_of: The split of each tune.
            collections: Names of the collections, in the order of their numbers.
        """
        number = {name: index for index, name in enumerate(collections)}
        with ExitStack() as stack:
            ids_of = {name: stack.enter_context((folder / f"{name}.ids.npy").open("wb")) for name in SPLITS}
            for name in SPLITS:
                chosen = [tune for tune, its_split in zip(tunes, split_of, strict=True) if its_split == name]
                tune_start = np.cumsum([0, *(tune.bars for tune in chosen)], dtype=np.int64)
                shape = (int(tune_start[-1]), self._positions)
                header = {"descr": self._kind.str, "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(ids_of[name], header)
                collection = np.array([number[tune.collection] for tune in chosen], np.int16)
                tempo_qpm = np.array([tune.tempo_qpm for tune in chosen], np.float32)
                np.save(folder / f"{name}.tune_start.npy", tune_start)
                np.save(folder / f"{name}.collection.npy", collection)
                np.save(folder / f"{name}.tempo_qpm.npy", tempo_qpm)
            self._file.seek(0)
            for tune, its_split in zip(tunes, split_of, strict=True):
                ids_of[its_split].write(self._file.read(tune.bars * self._positions * self._kind.itemsize))
