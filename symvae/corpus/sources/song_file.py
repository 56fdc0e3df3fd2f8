"""One MIDI or MusicXML file → the tunes of its melody track, and what had to be left out."""

from pathlib import Path

from symvae.corpus.tune import Tune
from symvae.errors import SymvaeError
from symvae.music.files import load_any
from symvae.music.reason import Dropped, Reason
from symvae.music.segment import whole


def read_melodies(path: Path, name: str, collection: str, track: str | None = None) -> list[Tune | Dropped]:
    """A tune for each stretch of one metre ("…#1", "…#2" if several); never raises for a bad file."""
    try:
        reading = whole(load_any(path), track)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    phrases = [phrase for phrase in reading.phrases if len(phrase)]
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes = [Tune(n, collection, path.stem, phrase) for n, phrase in zip(names, phrases, strict=True)]
    if not tunes and not reading.dropped:
        return [Dropped(name, Reason.EMPTY)]
    return [*tunes, *(Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in reading.dropped)]
