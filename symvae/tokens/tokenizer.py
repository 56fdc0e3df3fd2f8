"""The interface of every tokenizer: phrases to token ids, token ids to phrases.

Ids are shaped (bar, position) in every representation, so that a network sees bars of equal length
and needs no further knowledge of the music. All else that a part of symvae must know about a kind of
music it asks of the tokenizer: which ids start a note, whether rows are padded, whether the
representation is polyphonic. A tokenizer knows no network.
"""

from os import PathLike
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt

from symvae.music.arrangement import AnyPhrase
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY


@runtime_checkable
class Tokenizer(Protocol):
    """Phrase ↔ token ids."""

    name: ClassVar[str]
    """Name of the kind of music ("melody", "piano"), the key in the families table."""
    saved_as: ClassVar[str]
    """Name of the kind in a tokenizer's file."""
    padding: ClassVar[int | None]
    """Id that fills a row after its last token; None where rows are always full."""
    absent: ClassVar[int | None]
    """Id of every position of an absent part, which no model predicts; None for music of one part."""
    part_names: ClassVar[tuple[str, ...]]
    """Names of the parts of an arrangement; empty for music of one part."""
    on_grid: ClassVar[bool]
    """True if a position of a row is a time step of the bar, False if it only counts tokens."""
    polyphonic: ClassVar[bool]
    """True if it encodes all voices of the tracks that it takes, False if one melody line."""
    drums: ClassVar[bool]
    """True if it takes the drum tracks of a song, False if the pitched ones."""
    attributes: ClassVar[tuple[str, ...]]
    """Names of the attributes that can differ between phrases decoded from ids."""

    def __init__(self, metre: str = "4/4") -> None:
        """Set up the vocabulary for phrases in ``metre``; raises `TokenError` for an unsupported one."""

    @property
    def metre(self) -> str:
        """Metre of the phrases that it encodes, "4/4"."""

    @property
    def positions_per_bar(self) -> int:
        """Ids in the row of one bar, padding included."""

    @property
    def vocabulary_size(self) -> int:
        """Size of the vocabulary; ids run from 0 to this number minus one."""

    @property
    def token_names(self) -> tuple[str, ...]:
        """Name of each id, in order."""

    @property
    def onset_ids(self) -> tuple[int, int]:
        """First and last id that start a note."""

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """First and last id that stand for pitches, in rising order; (1, 0) if none does."""

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch of the vocabulary."""

    def fit(self, phrase: AnyPhrase) -> AnyPhrase:
        """Drop the notes that exceed the row of a bar; the identity where any bar fits."""

    def encode_phrase(self, phrase: AnyPhrase) -> UInt[np.ndarray, "bar position"]:
        """Encode a phrase; raises `TokenError` for music outside the vocabulary."""

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> AnyPhrase:
        """Decode token ids to a phrase. Every array of ids of the vocabulary decodes.

        Args:
            ids: Token ids, shaped (bar, position).
            tempo_qpm: Tempo of the phrase in quarter notes a minute, where ids carry none.
            velocity: MIDI velocity of all notes, where ids carry none.

        Returns:
            The phrase, on a grid of as many bars as ``ids`` has rows.
        """

    def restore(self, phrase: AnyPhrase, source: AnyPhrase) -> AnyPhrase:
        """Give a decoded phrase what ids do not carry of the one that it came from, as its kit."""

    def cut_out(
        self, ids: UInt[np.ndarray, "window bar position"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """Turn windows of longer music into phrases of their own: no note reaches in or out."""

    def silent_bars(self, ids: UInt[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Mask of the silent bars of each window."""

    def transpose_ids(
        self, ids: UInt[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt[np.ndarray, "window bar position"]:
        """Transpose each window by its own number of semitones, or as far as the vocabulary reaches."""

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write the file that `load_tokenizer` reads: to a path, or as ``tokenizer.json`` into a folder."""
