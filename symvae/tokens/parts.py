"""Tokenizers of music in several parts, for those who handle the ids of each part by itself."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt

from symvae.music.phrase import Phrase
from symvae.tokens.tokenizer import Tokenizer

#: Id of every position of an absent part.
ABSENT = 5


class OnePart(Protocol):
    """Tokenizer of one part, with ids of its own."""

    @property
    def vocabulary_size(self) -> int:
        """Number of ids."""

    @property
    def token_names(self) -> tuple[str, ...]:
        """Name of each id, in order."""

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id that start a note."""

    def cut_out(
        self, ids: UInt[np.ndarray, "window bar position"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """Turn windows of longer music into phrases of their own."""

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the silent bars of each window."""

    def encode_phrase(self, phrase: Phrase) -> UInt[np.ndarray, "bar position"]:
        """Encode a part."""

    def decode_ids(
        self, ids: Integer[np.ndarray, "..."], tempo_qpm: float = ..., velocity: int = ...
    ) -> Phrase:
        """Decode the ids of a part.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute.
            velocity: MIDI velocity of all notes.

        Returns:
            The phrase.
        """

    def fit(self, phrase: Phrase) -> Phrase:
        """Drop the notes that exceed the row of a bar."""

    def restore(self, phrase: Phrase, source: Phrase) -> Phrase:
        """Give a decoded part what ids do not carry of the one that it came from."""


class PartIds(NamedTuple):
    """Ids of a part among those of all parts."""

    name: str
    tokenizer: OnePart
    ids: Int64[np.ndarray, " own_id"]
    """Id in a row of each id of the part's own tokenizer, in rising order."""
    pitch: Int64[np.ndarray, " own_id"]
    """MIDI pitch of each of its own ids; 0 for those without one."""
    bits: int | None
    """Elements of the sets that its own ids stand for; None for ids without elements."""


@runtime_checkable
class PartTokenizer(Tokenizer, Protocol):
    """Tokenizer whose rows hold several parts, one after the other."""

    @property
    def parts(self) -> tuple[PartIds, ...]:
        """The parts, in the order of their positions."""

    @property
    def own_ids(self) -> Int64[np.ndarray, "part id"]:
        """Id in each part's own tokenizer of each id of a row; 0, no onset, where it has none."""

    @property
    def steps(self) -> int:
        """Positions of one part in a bar."""
