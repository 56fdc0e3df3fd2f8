"""Folders of prepared one-shots: samples as memory-mapped arrays, with a table and a card.

Format "symvae-sounds", version 1:

    train.npy, validation.npy, test.npy   (sound, sample) int16; full scale is 1
    sounds.csv     a row a sound, in the order of the arrays: split, file, class, source, license, group,
                   cluster
    analog.csv     settings of the synthetic sounds: file, setting, value
    dropped.csv    a row for everything left out: what, reason, count, detail
    card.json      format, version, classes, sources with their licenses, counts, seed, SHA-256 of every file

`symvae.corpus.sounds` writes them. Opening compares checksums, as for shards of music.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int, Int16

from symvae.audio.drum_sounds import CLASSES
from symvae.audio.one_shot import SAMPLES
from symvae.corpus.folder_card import CARD_FILE, open_card
from symvae.corpus.shards import SPLITS
from symvae.dsp.wav import FULL_SCALE
from symvae.errors import CorpusError
from symvae.files.arrays import UNREADABLE
from symvae.files.table import read_records

FORMAT, VERSION = "symvae-sounds", 1
COLUMNS = ("split", "file", "class", "source", "license", "group", "cluster")
SOUNDS_FILE = "sounds.csv"
_AGAIN = "Prepare the sounds again."


class Sounds(NamedTuple):
    """The sounds of one split."""

    samples: Int16[np.ndarray, "sound sample"]
    drum: Int[np.ndarray, " sound"]
    """Number of each sound's class."""
    file: list[str]
    source: list[str]
    group: list[str]

    def waves(self, rows: np.ndarray | slice = slice(None)) -> Float32[np.ndarray, "some sample"]:
        """Samples of some sounds, from -1 to 1."""
        return np.asarray(self.samples[rows], np.float32) / FULL_SCALE


class SoundShards:
    """A verified folder of one-shots, opened by `open_sounds`.

    Args:
        folder: The folder.
        card: Its card.json.
    """

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        self.folder = folder
        self.card = card

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, by their numbers."""
        return tuple(self.card["classes"])

    def split(self, name: str) -> Sounds:
        """Open the sounds of "train", "validation" or "test".

        Raises:
            CorpusError: For another name, and for files that are damaged or do not fit each other.
        """
        if name not in SPLITS:
            raise CorpusError(f"There is no split {name!r}. Sounds have {', '.join(SPLITS)}.")
        path = self.folder / f"{name}.npy"
        try:
            samples = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        except UNREADABLE as fault:
            raise CorpusError(f"{path} is damaged: {fault}. {_AGAIN}") from fault
        rows = [row for row in self._rows if row["split"] == name]
        if samples.dtype != np.int16 or samples.shape != (len(rows), SAMPLES):
            raise CorpusError(f"{path} is damaged: it does not fit {SOUNDS_FILE}. {_AGAIN}")
        number = {drum: at for at, drum in enumerate(self.classes)}
        try:
            drum = np.array([number[row["class"]] for row in rows], np.int64)
        except KeyError as fault:
            raise CorpusError(
                f"{self.folder / SOUNDS_FILE} names an unknown class {fault}. {_AGAIN}"
            ) from fault
        columns = ([row[column] for row in rows] for column in ("file", "source", "group"))
        return Sounds(samples, drum, *columns)

    @cached_property
    def _rows(self) -> list[dict[str, str]]:
        return [row for _, row in read_records(self.folder / SOUNDS_FILE, COLUMNS, CorpusError)]


def open_sounds(folder: Path | str) -> SoundShards:
    """Open a folder written by `symvae.corpus.sounds.prepare_sounds`.

    Args:
        folder: The folder.

    Returns:
        The sounds; their samples are read by `SoundShards.split`.

    Raises:
        CorpusError: For a folder that is missing, damaged, or holds something else.
    """
    folder = Path(folder)
    card = open_card(
        folder, FORMAT, VERSION, "prepared sounds", "symvae prepare sounds FOLDER", remedy=_AGAIN
    )
    classes = card.get("classes")
    if not isinstance(classes, list) or not set(classes) <= set(CLASSES) or not classes:
        raise CorpusError(f"{folder / CARD_FILE} is damaged: it names unknown classes. {_AGAIN}")
    return SoundShards(folder, card)
