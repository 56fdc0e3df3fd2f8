"""Tunes as a corpus source yields them, and the line that stands for one in a list."""

from dataclasses import dataclass
from typing import NamedTuple

from symvae.music.arrangement import Arrangement
from symvae.music.phrase import Phrase
from symvae.music.timing import Timing


class TuneEntry(NamedTuple):
    """A tune without its notes."""

    name: str
    collection: str
    title: str
    bars: int
    tempo_qpm: float
    split: str = ""
    """"train", "validation" or "test" where the corpus has a split of its own."""


@dataclass(frozen=True)
class Tune:
    """A whole melody or piece in one metre; ``phrase`` spans all its bars.

    ``name`` is unique within all corpora, "ryans/17". Figures are reported by ``collection``.
    """

    name: str
    collection: str
    title: str
    phrase: Phrase | Arrangement
    timing: Timing | None = None
    """What the grid did to the rhythm of the song; None for notation, which is on the grid or dropped."""
    split: str = ""
    """"train", "validation" or "test" where the corpus has a split of its own."""

    @property
    def entry(self) -> TuneEntry:
        """The tune without its notes."""
        phrase = self.phrase
        return TuneEntry(
            self.name, self.collection, self.title, phrase.grid.bars, phrase.tempo_qpm, self.split
        )
