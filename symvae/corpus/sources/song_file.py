"""One MIDI or MusicXML file → its tunes, and what had to be left out."""

from collections.abc import Sequence
from pathlib import Path

from symvae.corpus.tune import Tune
from symvae.errors import SymvaeError
from symvae.music.io.files import load_any
from symvae.music.melody_line import choose_track
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.windows import whole


def read_song(
    path: Path, name: str, collection: str, tracks: Sequence[str] = (), *, polyphonic: bool = False
) -> list[Tune | Dropped]:
    """A tune for each stretch of one metre ("…#1", "…#2" if several); never raises for a bad file.

    Of several ``tracks`` each is a voice of the work: "…#Alto", or "…#Alto#1" and so on.
    """
    try:
        song = load_any(path)
        if len(tracks) < 2:
            return tunes_of_song(song, name, collection, path.stem, *tracks, polyphonic=polyphonic)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    found: list[Tune | Dropped] = []
    read: set[int] = set()
    for track in tracks:
        try:
            chosen = choose_track(song, track)
            assert chosen is not None  # a track that is asked for is there, or it is an error
            if chosen.index in read:
                continue
            read.add(chosen.index)
            voice = f"{name}#{_label(song, chosen.index)}"
            found += tunes_of_song(song, voice, collection, path.stem, chosen.index, polyphonic=polyphonic)
        except SymvaeError as fault:
            found.append(Dropped(f"{name}#{_safe(track)}", Reason.UNREADABLE, str(fault)))
    return found


def _label(song: Song, index: int) -> str:
    """A track's own name, or "track 2" where that is no name for it alone."""
    own = song.tracks[index].name.strip()
    alone = sum(track.name.strip() == own for track in song.tracks) == 1
    return _safe(own) if own and alone and not own.isdecimal() else f"track {index}"


def _safe(name: str) -> str:
    """Without "#", which has a meaning of its own in names (`symvae.corpus.cluster`)."""
    return name.replace("#", "♯")


def tunes_of_song(
    song: Song,
    name: str,
    collection: str,
    title: str,
    track: str | int | None = None,
    *,
    polyphonic: bool = False,
) -> list[Tune | Dropped]:
    """The melody of each stretch of one metre; if ``polyphonic``, all of ``track`` or of all pitched tracks.

    Raises `SymvaeError` where the song has no such track.
    """
    reading = whole(song, track, polyphonic)
    phrases = [phrase for phrase in reading.phrases if len(phrase)]
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes = [Tune(n, collection, title, phrase) for n, phrase in zip(names, phrases, strict=True)]
    if not tunes and not reading.dropped:
        return [Dropped(name, Reason.EMPTY)]
    return [*tunes, *(Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in reading.dropped)]
