"""The pieces of a music file, with their names in a corpus.

A MIDI or MusicXML file is one piece, an ABC file a book of tunes, named by their numbers: "name/17". All are
read as `symvae.read` reads them.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from symvae.errors import SymvaeError
from symvae.music.io.score_read import score_tunes
from symvae.music.io.source import load_any
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song


class Piece(NamedTuple):
    """A piece that can be read."""

    name: str
    title: str
    song: Song


def pieces(path: Path, name: str) -> Iterator[Piece | Dropped]:
    """Read each piece of a file.

    Args:
        path: A MIDI, MusicXML or ABC file.
        name: Its name in the corpus.

    Yields:
        The pieces, and a drop for each that cannot be read.
    """
    try:
        if path.suffix.lower() != ".abc":
            song = load_any(path)
            yield Piece(name, song.title or path.stem, song)
            return
        used: set[str] = set()
        settings: Counter[str] = Counter()
        for tune in score_tunes(path):
            own = numbered = f"{name}/{tune.number}"
            while numbered in used:  # some books number two settings alike
                settings[own] += 1
                numbered = f"{own}b" if settings[own] == 1 else f"{own}b{settings[own] + 1}"
            used.add(numbered)
            if isinstance(tune.song, Song):
                yield Piece(numbered, tune.song.title, tune.song)
            else:
                yield Dropped(numbered, Reason.UNREADABLE, str(tune.song))
    except SymvaeError as fault:
        yield Dropped(name, Reason.UNREADABLE, str(fault))
