"""Folders of prepared lines: lines that sound fonts play, with their contours, as memory-mapped arrays.

Format "symvae-lines", version 1, for each split (train, validation, test):

    <split>.wave.npy           (line, sample) int16; full scale is 1
    <split>.frequency_hz.npy   (line, frame) float32: measured; the note's own without a pitch
    <split>.aperiodicity.npy   (line, frame) float16
    <split>.loudness_db.npy    (line, frame) float32, A-weighted, from -80 on
    <split>.features.npy       (line, frame, feature) float16: the note that sounds, as the network reads it
    <split>.timbre.npy         (line,) int64: row of the card's timbres
    card.json    format, version, sample rate, hop, timbres with ranges and loudness, SHA-256 of the files

Frame n is centered on sample n · hop; a line has one frame more than blocks of ``hop`` samples.
`symvae.corpus.lines` writes them.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Float16, Int16, Int64

from symvae.corpus.folder_card import CARD_FILE, open_card
from symvae.corpus.shards import SPLITS
from symvae.errors import CorpusError
from symvae.files.arrays import UNREADABLE

FORMAT, VERSION = "symvae-lines", 1
COMMAND = "symvae train-ddsp --preset ddsp-24k --data SHARDS --out RUN"
#: Facts about a timbre in the card.
TIMBRE_KEYS = {
    "name", "program", "font", "lowest", "highest", "vibrato_cents", "loudness_db", "loudness_spread_db",
}  # fmt: skip
_AGAIN = "Prepare the lines again."


class Lines(NamedTuple):
    """Lines of a split."""

    wave: Int16[np.ndarray, "line sample"]
    frequency_hz: Float[np.ndarray, "line frame"]
    aperiodicity: Float16[np.ndarray, "line frame"]
    loudness_db: Float[np.ndarray, "line frame"]
    features: Float16[np.ndarray, "line frame feature"]
    timbre: Int64[np.ndarray, " line"]

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.timbre)


class LineShards:
    """A verified folder of lines, opened by `open_lines`.

    Args:
        folder: The folder.
        card: Its card.json.
    """

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        self.folder, self.card = folder, card

    @property
    def sample_rate(self) -> int:
        """Rate of the lines in Hz."""
        return int(self.card["sample_rate"])

    @property
    def hop(self) -> int:
        """Samples from frame to frame."""
        return int(self.card["hop"])

    @property
    def timbres(self) -> list[dict[str, Any]]:
        """Timbres in the order of their numbers: name, program, font, range, loudness."""
        return list(self.card["timbres"])

    def split(self, name: str) -> Lines:
        """Open the lines of "train", "validation" or "test".

        Raises:
            CorpusError: For another name, and for files that are damaged.
        """
        if name not in SPLITS:
            raise CorpusError(f"There is no split {name!r}. Lines have {', '.join(SPLITS)}.")
        columns = []
        for column in Lines._fields:
            path = self.folder / f"{name}.{column}.npy"
            try:
                columns.append(np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)))
            except UNREADABLE as fault:
                raise CorpusError(f"{path} is damaged: {fault}. {_AGAIN}") from fault
        lines = Lines(*columns)
        samples = lines.wave.shape[1] if lines.wave.ndim == 2 else 0
        count, frames = len(lines.timbre), samples // self.hop + 1
        contours = (lines.frequency_hz, lines.aperiodicity, lines.loudness_db, lines.features)
        if not count or not samples or any(each.shape[:2] != (count, frames) for each in contours):
            raise CorpusError(f"{self.folder} is damaged: arrays of {name} do not fit each other. {_AGAIN}")
        return lines


def open_lines(folder: Path | str) -> LineShards:
    """Open a folder that `symvae.corpus.lines.prepare_lines` wrote.

    Args:
        folder: The folder.

    Returns:
        The lines; their arrays are read by `LineShards.split`.

    Raises:
        CorpusError: For a folder that is missing, damaged, or holds something else.
    """
    folder = Path(folder)
    card = open_card(folder, FORMAT, VERSION, "prepared lines", COMMAND, remedy=_AGAIN)
    numbers = (card.get("sample_rate"), card.get("hop"))
    timbres = card.get("timbres")
    if (
        not all(type(number) is int and 1 <= number < 2**31 for number in numbers)
        or not (isinstance(timbres, list) and timbres)
        or not all(isinstance(timbre, dict) and timbre.keys() == TIMBRE_KEYS for timbre in timbres)
    ):
        raise CorpusError(f"{folder / CARD_FILE} is damaged: it lacks its rates or timbres. {_AGAIN}")
    return LineShards(folder, card)
