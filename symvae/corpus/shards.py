"""Shard folders: tunes as token ids, memory-mapped, with their card. All that training reads.

Format "symvae-shards", version 2. For each split (train, validation, test) one plain numpy file a column:

    <split>.ids.npy         (total_bar, position) the bars of all tunes, tune after tune; uint8, or uint16
                            for a vocabulary of more than 256 ids
    <split>.tune_start.npy  (tune + 1,) int64: first bar of each tune, then total_bar
    <split>.collection.npy  (tune,) int16: index into the card's collections
    <split>.tempo_qpm.npy   (tune,) float32

and beside them

    card.json       format, version, metre, tokenizer; origin and license of each collection, counts of files
                    and tunes, drop reasons, seed, SHA-256 of every other file
    tunes.csv       a row a tune: name, collection, title, split, cluster, bars
    dropped.csv     a row for everything left out: what, reason, count, detail
    tokenizer.json  the vocabulary

The columns are opened through `np.load(mmap_mode="r")`: the system reads the pages that a batch needs and
may forget them again, so a corpus can be larger than memory. Version 1 held the four columns of a split in
``<split>.npz``; it is still read, into memory.

`symvae.corpus.prepare` writes shard folders. Opening one compares checksums and sizes, so that a damaged
folder is refused before a training has run on it for an hour.
"""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int16, Int64, UInt

from symvae.config.run import ModelConfig
from symvae.errors import CorpusError
from symvae.files.arrays import UNREADABLE, read_arrays
from symvae.files.json_file import read_json
from symvae.files.limit import shown
from symvae.files.table import read_records
from symvae.music.metre import METRES
from symvae.tokens.id_type import id_type
from symvae.tokens.load import load_tokenizer
from symvae.tokens.table import TOKENIZERS
from symvae.tokens.tokenizer import Tokenizer

FORMAT = "symvae-shards"
VERSION = 2
SPLITS = ("train", "validation", "test")
#: Types of the columns of `Split` beside the ids.
DTYPES = ("int64", "int16", "float32")
#: Most positions of a bar, and most ids of a vocabulary.
MOST_POSITIONS, MOST_IDS = 256, 2**16


class Split(NamedTuple):
    """The tunes of one split, one after the other."""

    ids: UInt[np.ndarray, "total_bar position"]
    tune_start: Int64[np.ndarray, " tune_and_end"]  # first bar of each tune, then total_bar
    collection: Int16[np.ndarray, " tune"]  # index into the card's collections
    tempo_qpm: Float32[np.ndarray, " tune"]

    @property
    def num_tunes(self) -> int:
        """Number of tunes."""
        return len(self.tune_start) - 1


class Shards:
    """A verified shard folder, opened by `open_shards`.

    Args:
        folder: The shard folder.
        card: Its card.json.
    """

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        self.folder = folder
        self.card = card

    @property
    def metre(self) -> str:
        """The metre that all tunes share, "4/4"."""
        return str(self.card["metre"])

    @property
    def positions(self) -> int:
        """Ids per bar."""
        return int(self.card["positions"])

    @property
    def vocabulary_size(self) -> int:
        """Number of ids in the vocabulary."""
        return int(self.card["vocabulary_size"])

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that encoded the tunes."""
        return load_tokenizer(self.folder)

    @property
    def collections(self) -> list[str]:
        """Names of the collections, in the order of their numbers."""
        return list(self.card["collections"])

    def split(self, name: str) -> Split:
        """Open the columns of "train", "validation" or "test".

        Raises:
            CorpusError: For another name, and for columns that are damaged or do not fit each other.
        """
        if name not in SPLITS:
            raise CorpusError(f"There is no split {name!r}. Shards have {', '.join(SPLITS)}.")
        path = self._ids_file(name)
        try:
            split = self._columns(name)
        except UNREADABLE as fault:
            raise _damaged(path, str(fault)) from fault
        if [column.dtype for column in split] != [id_type(self.vocabulary_size), *map(np.dtype, DTYPES)]:
            raise _damaged(path, "columns of other types")
        if split.ids.ndim != 2 or split.ids.shape[1] != self.positions:
            raise _damaged(path, f"bars shaped {split.ids.shape} for {self.positions} positions")
        if any(column.ndim != 1 for column in split[1:]) or not len(split.tune_start):
            raise _damaged(path, "columns that are no lists")
        starts = split.tune_start
        if starts[0] or starts[-1] != len(split.ids) or (starts[1:] <= starts[:-1]).any():
            raise _damaged(path, "tunes that do not fit the bars")
        if not len(split.collection) == len(split.tempo_qpm) == split.num_tunes:
            raise _damaged(path, "columns of different lengths")
        numbers, tempos = split.collection, split.tempo_qpm
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(self.collections):
            raise _damaged(path, "a collection that the card does not name")
        if len(split.ids) and split.ids.max() >= self.vocabulary_size:
            raise _damaged(path, f"an id of {split.ids.max()} in a vocabulary of {self.vocabulary_size}")
        if not (np.isfinite(tempos) & (tempos > 0)).all():
            raise _damaged(path, "a tempo that is no positive number")
        return split

    def checksum(self, split: str) -> str:
        """SHA-256 of the file with the ids of a split."""
        return str(self.card["sha256"][self._ids_file(split).name])

    def check_fit(self, model: ModelConfig) -> None:
        """Check that a model of these sizes can read the shards.

        Raises:
            CorpusError: For another tokenizer, metre, bar length or vocabulary.
        """
        for name, wanted, found in (
            ("tokenizer", model.tokenizer, str(self.card["tokenizer"])),
            ("metre", model.metre, self.metre),
            ("positions a bar", model.positions, self.positions),
            ("tokens", model.vocabulary_size, self.vocabulary_size),
        ):
            if wanted != found:
                raise CorpusError(
                    f"The model wants {name} {wanted}, the shards have {found}. "
                    "Prepare shards for it, or choose another model or preset."
                )

    def tune_names(self, split: str) -> list[str]:
        """Names of the tunes of a split, in the order of its columns."""
        return self._tunes(split, "name")

    def tune_titles(self, split: str) -> list[str]:
        """Titles of the tunes of a split, in the order of its columns."""
        return self._tunes(split, "title")

    def _tunes(self, split: str, column: str) -> list[str]:
        rows = read_records(self.folder / "tunes.csv", (column, "split"), CorpusError)
        return [row[column] for _, row in rows if row["split"] == split]

    def _ids_file(self, split: str) -> Path:
        return self.folder / (f"{split}.npz" if self.card["version"] == 1 else f"{split}.ids.npy")

    def _columns(self, split: str) -> Split:
        if self.card["version"] == 1:
            arrays = read_arrays(
                self._ids_file(split), Split._fields, CorpusError, "Prepare the corpus again."
            )
            return Split(*(arrays[column] for column in Split._fields))
        files = (self.folder / f"{split}.{column}.npy" for column in Split._fields)
        return Split(*(np.asarray(np.load(file, mmap_mode="r", allow_pickle=False)) for file in files))


def open_shards(folder: Path | str, *, verify: bool = True) -> Shards:
    """Open a folder written by `symvae.corpus.prepare`.

    Args:
        folder: The shard folder.
        verify: Compare the SHA-256 of every file with the card.

    Returns:
        The shards; their columns are read by `Shards.split`.

    Raises:
        CorpusError: With the remedy, for a folder that is missing, damaged or of another version.
    """
    folder = Path(folder)
    if not (folder / "card.json").is_file():
        raise CorpusError(f"{folder} is no shard folder: it has no card.json. Make one with: symvae prepare.")
    path = folder / "card.json"
    card = read_json(path, CorpusError, "Prepare the corpus again.")
    if not isinstance(card, dict) or "format" not in card or "version" not in card:
        raise _damaged(path, "it names no format and version")
    if card["format"] != FORMAT:
        raise CorpusError(
            f"{folder} is a {shown(card['format'])}, not {FORMAT!r}. Make shards with: symvae prepare."
        )
    if card["version"] not in (1, VERSION):
        raise CorpusError(
            f"{folder} holds shards of version {shown(card['version'])}, and versions 1 and {VERSION} are "
            "read here. Prepare them again."
        )
    if fault := _fault_of(card):
        raise _damaged(path, fault)
    for name, expected in card["sha256"].items() if verify else ():
        path = folder / name
        if not path.is_file():
            raise _damaged(path, "it is missing")
        if file_checksum(path) != expected:
            raise _damaged(path, "its checksum is not the card's")
    return Shards(folder, card)


def _fault_of(card: dict[str, Any]) -> str:
    """The first thing that the shards cannot be read by; empty for a card that fits."""
    sums, collections = card.get("sha256"), card.get("collections")
    if not isinstance(sums, dict) or any(Path(name).name != name for name in sums):
        return "its checksums are not of files in the folder"
    if not isinstance(collections, dict | list) or card.get("tokenizer") not in list(TOKENIZERS):
        return "it names no collections, or no known tokenizer"
    sizes = (card.get("positions"), card.get("vocabulary_size"))
    if card.get("metre") not in list(METRES) or not all(
        type(size) is int and 0 < size <= most
        for size, most in zip(sizes, (MOST_POSITIONS, MOST_IDS), strict=True)
    ):
        return "it names no known metre, or sizes out of range"
    return ""


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path, what: str) -> CorpusError:
    return CorpusError(f"The shard file {path} is damaged: {what}. Prepare the corpus again.")
