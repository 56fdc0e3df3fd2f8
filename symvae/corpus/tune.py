"""What a corpus source yields: tunes, and reasons for those it could not give."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped


@dataclass(frozen=True)
class Tune:
    """One whole melody: ``phrase`` spans all its bars, in one metre.

    ``name`` is unique within all corpora, "ryans/17"; ``collection`` is what figures are
    reported by.
    """

    name: str
    collection: str
    title: str
    phrase: Phrase


#: A source is read once, front to back; it never raises for a single bad tune.
Source: TypeAlias = Iterator[Tune | Dropped]
