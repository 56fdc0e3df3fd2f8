"""A tune as shards keep it: token ids, and the hashes that near-duplicates are found by."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt, UInt64

from symvae.corpus.cluster import window_keys
from symvae.corpus.source import MusicFile
from symvae.corpus.tune import Tune, TuneEntry
from symvae.errors import TokenError
from symvae.music.arrangement import Arrangement
from symvae.music.io.music_files import as_text
from symvae.music.reason import Dropped, Reason
from symvae.music.timing import Timing
from symvae.tokens.tokenizer import Tokenizer

#: A title is cut after this number of characters: a damaged file may have a megabyte of it.
MOST_TITLE_CHARACTERS = 300


class Encoded(NamedTuple):
    """A tune that the vocabulary covers."""

    entry: TuneEntry
    ids: UInt[np.ndarray, "bar position"]
    keys: UInt64[np.ndarray, " window"]
    """`symvae.corpus.cluster.window_keys`."""
    thinned: int
    """Notes that were left out because their bar was full."""
    timing: Timing | None
    """What the grid did to the rhythm of the song; None for notation."""


@dataclass(frozen=True)
class EncodeFile:
    """Function of a file: its encoded tunes, and drops for the rest.

    Args:
        read: Function that reads the tunes of a file.
        tokenizer: Tokenizer of the shards.
    """

    read: Callable[[MusicFile], list[Tune | Dropped]]
    tokenizer: Tokenizer

    def __call__(self, file: MusicFile) -> list[Encoded | Dropped]:
        """Read and encode a file."""
        return [encoded(item, self.tokenizer) for item in self.read(file)]


def encoded(item: Tune | Dropped, tokenizer: Tokenizer) -> Encoded | Dropped:
    """Encode a tune; a tune that the vocabulary does not cover is a drop, and a drop stays one."""
    if isinstance(item, Dropped):
        return item
    phrase = tokenizer.fit(item.phrase)
    tune = replace(item, phrase=phrase, title=as_text(item.title[:MOST_TITLE_CHARACTERS]))
    if fault := _fault(tune, tokenizer):
        return fault
    thinned = len(item.phrase) - len(phrase)
    lead = phrase.lead if isinstance(phrase, Arrangement) else phrase
    try:
        ids = tokenizer.encode_phrase(phrase)
    except TokenError as fault:
        return Dropped(tune.name, Reason.OUT_OF_RANGE, str(fault))
    return Encoded(tune.entry, ids, window_keys(lead), thinned, tune.timing)


def _fault(tune: Tune, tokenizer: Tokenizer) -> Dropped | None:
    """The reason why the vocabulary does not cover a tune, None if it does."""
    phrase = tune.phrase
    if phrase.grid.metre != tokenizer.metre:
        return Dropped(tune.name, Reason.METRE_NOT_SUPPORTED, f"{phrase.grid.metre}, not {tokenizer.metre}")
    if not len(phrase):
        return Dropped(tune.name, Reason.EMPTY)
    if isinstance(phrase, Arrangement):  # its parts have ranges of their own
        return None if phrase.is_monophonic else Dropped(tune.name, Reason.POLYPHONIC)
    low, high = int(phrase.pitch.min()), int(phrase.pitch.max())
    lowest, highest = tokenizer.pitch_range
    if low < lowest or high > highest:
        return Dropped(tune.name, Reason.OUT_OF_RANGE, f"it goes from {low} to {high}")
    if not tokenizer.polyphonic and not phrase.is_monophonic:
        return Dropped(tune.name, Reason.POLYPHONIC)
    return None
