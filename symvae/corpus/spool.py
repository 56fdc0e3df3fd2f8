"""Encoded tunes on disk: written in reading order, then copied into the columns of each split.

The split of a tune is known only when all tunes are read. Until then their ids wait in one file, so that a
preparation needs memory for the names of its tunes and not for their notes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from jaxtyping import UInt8

from symvae.corpus.tune import TuneEntry


class Spool:
    """File of the ids of all tunes, one after the other; it is deleted when the spool closes.

    Args:
        path: The file to write.
        positions: Ids per bar.
    """

    def __init__(self, path: Path, positions: int) -> None:
        self._path = path
        self._positions = positions
        self._file = path.open("w+b")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, ids: UInt8[np.ndarray, "bar position"]) -> None:
        """Append the ids of a tune."""
        self._file.write(ids.tobytes())

    def write_split(
        self, folder: Path, split: str, tunes: Sequence[TuneEntry], split_of: Sequence[str], number: Mapping[str, int]
    ) -> None:
        """Write the columns of one split (`symvae.corpus.shards` describes them).

        Args:
            folder: The shard folder.
            split: Name of the split.
            tunes: All tunes, in the order in which they were added.
            split_of: The split of each tune.
            number: Number of each collection.
        """
        chosen = [tune for tune, its_split in zip(tunes, split_of, strict=True) if its_split == split]
        starts = np.cumsum([0, *(tune.bars for tune in chosen)], dtype=np.int64)
        with (folder / f"{split}.ids.npy").open("wb") as file:
            shape = (int(starts[-1]), self._positions)
            np.lib.format.write_array_header_1_0(
                file, {"descr": "|u1", "fortran_order": False, "shape": shape}
            )
            self._file.seek(0)
            for tune, its_split in zip(tunes, split_of, strict=True):
                ids = self._file.read(tune.bars * self._positions)
                if its_split == split:
                    file.write(ids)
        np.save(folder / f"{split}.tune_start.npy", starts)
        np.save(folder / f"{split}.collection.npy", np.array([number[t.collection] for t in chosen], np.int16))
        np.save(folder / f"{split}.tempo_qpm.npy", np.array([t.tempo_qpm for t in chosen], np.float32))
