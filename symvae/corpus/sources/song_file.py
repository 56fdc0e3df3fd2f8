"""One MIDI or MusicXML file → its tunes, and what had to be left out."""

from collections.abc import Sequence
from pathlib import Path

from symvae.corpus.tune import Tune
from symvae.errors import SymvaeError
from symvae.music.files import load_any
from symvae.music.reason import Dropped, Reason
from symvae.music.segment import whole
from symvae.music.song import Song


def read_song(
    path: Path, name: str, collection: str, tracks: Sequence[str] = (), *, polyphonic: bool = False
) -> list[Tune | Dropped]:
    """A tune for each stretch of one metre ("…#1", "…#2" if several); never raises for a bad file.

    Of several ``tracks`` each is a part of the work: "…#Alto", or "…#Alto#1" and so on.
    """
    try:
        song = load_any(path)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    found: list[Tune | Dropped] = []
    for track in tracks or (None,):
        part = name if track is None or len(tracks) == 1 else f"{name}#{track.replace('#', '♯')}"
        try:
            found += tunes_of_song(song, part, collection, path.stem, track, polyphonic=polyphonic)
        except SymvaeError as fault:
            found.append(Dropped(part, Reason.UNREADABLE, str(fault)))
    return found


def tunes_of_song(
    song: Song, name: str, collection: str, title: str, track: str | None = None, *, polyphonic: bool = False
) -> list[Tune | Dropped]:
    """The melody of each stretch of one metre, or, if ``polyphonic``, all pitched tracks as one phrase.

    Raises `SymvaeError` where the song has no such track.
    """
    reading = whole(song, track, polyphonic)
    phrases = [phrase for phrase in reading.phrases if len(phrase)]
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes = [Tune(n, collection, title, phrase) for n, phrase in zip(names, phrases, strict=True)]
    if not tunes and not reading.dropped:
        return [Dropped(name, Reason.EMPTY)]
    return [*tunes, *(Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in reading.dropped)]
