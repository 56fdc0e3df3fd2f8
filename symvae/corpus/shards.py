"""Open a shard folder, with numpy and nothing else: this is all that training reads.

`symvae.corpus.prepare` says what a shard folder holds. Opening checks the format, the version, the
checksums and that the arrays fit each other, so that a damaged folder is refused before a training
has run on it for an hour.
"""

import csv
import hashlib
import json
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Int16, Int64, UInt8

from symvae.config.run import ModelConfig
from symvae.errors import CorpusError
from symvae.tokens.load import load_tokenizer
from symvae.tokens.tokenizer import Tokenizer

FORMAT = "symvae-shards"
VERSION = 1
SPLITS = ("train", "validation", "test")


class Split(NamedTuple):
    """The tunes of one split, one after the other."""

    ids: UInt8[np.ndarray, "total_bar position"]
    tune_start: Int64[np.ndarray, " tune_and_end"]  # first bar of each tune, then total_bar
    collection: Int16[np.ndarray, " tune"]  # index into the card's collections
    tempo_qpm: Float32[np.ndarray, " tune"]

    @property
    def num_tunes(self) -> int:
        """How many tunes it holds."""
        return len(self.tune_start) - 1


class Shards:
    """A shard folder whose papers are in order. `open_shards` makes one."""

    def __init__(self, folder: Path, card: dict[str, Any]) -> None:
        self.folder = folder
        self.card = card

    @property
    def metre(self) -> str:
        """The one metre of all its tunes, "4/4"."""
        return str(self.card["metre"])

    @property
    def positions(self) -> int:
        """Steps a bar."""
        return int(self.card["positions"])

    @property
    def vocabulary_size(self) -> int:
        """How many ids there are."""
        return int(self.card["vocabulary_size"])

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that wrote the ids."""
        return load_tokenizer(self.folder)

    @property
    def collections(self) -> list[str]:
        """The names that the arrays' collection numbers stand for."""
        return list(self.card["collections"])

    def split(self, name: str) -> Split:
        """The arrays of "train", "validation" or "test"; `CorpusError` for another name or damage."""
        if name not in SPLITS:
            raise CorpusError(f"There is no split {name!r}. Shards have {', '.join(SPLITS)}.")
        path = self.folder / f"{name}.npz"
        try:
            with np.load(path, allow_pickle=False) as arrays:
                split = Split(*(arrays[column] for column in Split._fields))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
            raise _damaged(path, str(fault)) from fault
        if split.ids.ndim != 2 or split.ids.shape[1] != self.positions:
            raise _damaged(path, f"bars shaped {split.ids.shape} for {self.positions} positions")
        if split.tune_start[-1] != len(split.ids) or (np.diff(split.tune_start) < 1).any():
            raise _damaged(path, "tunes that do not fit the bars")
        if not len(split.collection) == len(split.tempo_qpm) == split.num_tunes:
            raise _damaged(path, "columns of different lengths")
        if len(split.ids) and split.ids.max() >= self.vocabulary_size:
            raise _damaged(path, f"an id of {split.ids.max()} in a vocabulary of {self.vocabulary_size}")
        return split

    def check_fit(self, model: ModelConfig) -> None:
        """Raise `CorpusError` unless a model of these sizes can read them."""
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
        """The name of each tune of a split, in the order of its arrays."""
        with (self.folder / "tunes.csv").open(newline="", encoding="utf-8") as file:
            return [row["name"] for row in csv.DictReader(file) if row["split"] == split]


def open_shards(folder: Path | str, *, verify: bool = True) -> Shards:
    """Open a folder that `prepare` made. ``verify`` compares every file with its checksum.

    Raises `CorpusError` with the remedy for a folder that is missing, damaged or of another version.
    """
    folder = Path(folder)
    if not (folder / "card.json").is_file():
        raise CorpusError(f"{folder} is no shard folder: it has no card.json. Make one with: symvae prepare.")
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        kind, version = card["format"], card["version"]
        sums = dict(card["sha256"])
    except (ValueError, KeyError, TypeError) as fault:
        raise _damaged(folder / "card.json", f"it cannot be read: {fault!r}") from fault
    if kind != FORMAT:
        raise CorpusError(f"{folder} is a {kind!r}, not {FORMAT!r}. Make shards with: symvae prepare.")
    if version != VERSION:
        raise CorpusError(
            f"{folder} holds shards of version {version}, and {VERSION} is read here. Prepare them again."
        )
    for name, expected in sums.items() if verify else ():
        path = folder / name
        if not path.is_file():
            raise _damaged(path, "it is missing")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise _damaged(path, "its checksum is not the card's")
    return Shards(folder, card)


def _damaged(path: Path, what: str) -> CorpusError:
    return CorpusError(f"The shard file {path} is damaged: {what}. Prepare the corpus again.")
