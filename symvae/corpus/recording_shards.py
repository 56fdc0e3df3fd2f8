"""Folders of prepared recordings: pieces as memory-mapped arrays, with a card.

Format "symvae-recordings", version 1:

    train.npy, validation.npy, test.npy   (piece, sample) int16; full scale is 1
    dropped.csv    a row for everything left out: what, reason, count, detail
    card.json      format, version, sample rate, files with their lengths, counts, SHA-256 of every file

`symvae.corpus.recordings` writes them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int16

from symvae.corpus.folder_card import CARD_FILE, open_card
from symvae.corpus.shards import SPLITS
from symvae.errors import CorpusError
from symvae.files.arrays import UNREADABLE

FORMAT, VERSION = "symvae-recordings", 1
#: Samples of a piece: 2.7 s at 48 kHz.
PIECE = 2**17
_AGAIN = "Prepare the recordings again."


class RecordingShards:
    """A verified folder of recordings, opened by `open_recordings`.

    Args:
        folder: The folder.
        card: Its card.json.
    """

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        self.folder = folder
        self.card = card

    @property
    def sample_rate(self) -> int:
        """Rate of the pieces in Hz."""
        return int(self.card["sample_rate"])

    def split(self, name: str) -> Int16[np.ndarray, "piece sample"]:
        """Open the pieces of "train", "validation" or "test".

        Raises:
            CorpusError: For another name, and for files that are damaged.
        """
        if name not in SPLITS:
            raise CorpusError(f"There is no split {name!r}. Recordings have {', '.join(SPLITS)}.")
        path = self.folder / f"{name}.npy"
        try:
            pieces = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except UNREADABLE as fault:
            raise CorpusError(f"{path} is damaged: {fault}. {_AGAIN}") from fault
        if pieces.dtype != np.int16 or pieces.ndim != 2 or pieces.shape[1] != PIECE or not len(pieces):
            raise CorpusError(f"{path} is damaged: it holds no pieces of {PIECE} samples. {_AGAIN}")
        return pieces


def open_recordings(folder: Path | str) -> RecordingShards:
    """Open a folder written by `symvae.corpus.recordings.prepare_recordings`.

    Args:
        folder: The folder.

    Returns:
        The recordings; their samples are read by `RecordingShards.split`.

    Raises:
        CorpusError: For a folder that is missing, damaged, or holds something else.
    """
    folder = Path(folder)
    card = open_card(
        folder, FORMAT, VERSION, "prepared recordings", "symvae train-audio RECORDINGS_FOLDER", remedy=_AGAIN
    )
    rate = card.get("sample_rate")
    if type(rate) is not int or not 1 <= rate < 2**31:
        raise CorpusError(f"{folder / CARD_FILE} is damaged: its sample rate is no number of Hz. {_AGAIN}")
    return RecordingShards(folder, card)
