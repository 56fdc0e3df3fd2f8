"""What every tokenizer offers: a phrase becomes ids, ids become a phrase.

Ids are shaped (bar, position) in every representation, so that a network sees bars of equal
length and needs to know nothing else. A tokenizer knows no network.
"""

from os import PathLike
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int64, Integer, UInt8

from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY, Phrase


@runtime_checkable
class Tokenizer(Protocol):
    """Phrase ↔ ids. What ids cannot say (a melody's velocities, its tempo) is given to `decode_ids`."""

    @property
    def metre(self) -> str:
        """The metre of the phrases it takes, "4/4"."""

    @property
    def positions_per_bar(self) -> int:
        """How many ids a bar has."""

    @property
    def vocabulary_size(self) -> int:
        """How many ids exist: they run from 0 to this number minus one."""

    @property
    def token_names(self) -> tuple[str, ...]:
        """The name of each id, in order."""

    def encode_phrase(self, phrase: Phrase) -> UInt8[np.ndarray, "bar position"]:
        """The ids of ``phrase``; `TokenError` if the vocabulary cannot say it."""

    def decode_ids(
        self,
        ids: Integer[np.ndarray, "..."],
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        velocity: int = DEFAULT_VELOCITY,
    ) -> Phrase:
        """The phrase that ``ids``, shaped (bar, position), say. Any ids of the vocabulary say something."""

    @property
    def pitch_ids(self) -> tuple[int, int]:
        """The first and the last of the ids that are pitches, in rising order."""

    def cut_out(
        self, ids: UInt8[np.ndarray, "window bar position"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Windows of longer music as phrases of their own: as if it began and ended with them."""

    def silent_bars(self, ids: UInt8[np.ndarray, "window bar position"]) -> Bool[np.ndarray, "window bar"]:
        """Which bars of each window are silent."""

    def transpose_ids(
        self, ids: UInt8[np.ndarray, "window bar position"], semitones: Int64[np.ndarray, " window"]
    ) -> UInt8[np.ndarray, "window bar position"]:
        """Each window moved by its own number of semitones, or as far as the vocabulary reaches."""

    def save(self, out_path: str | PathLike[str]) -> None:
        """Write what `load_tokenizer` needs: to a file, or as ``tokenizer.json`` into a folder."""
