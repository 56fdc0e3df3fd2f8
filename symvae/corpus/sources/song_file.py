"""Read the tunes of one music file, as `symvae.read` reads it."""

from collections.abc import Sequence
from pathlib import Path

from symvae.corpus.pieces import Piece, pieces
from symvae.corpus.tune import Tune
from symvae.errors import SymvaeError
from symvae.music.drum_kit import DRUM_PITCHES
from symvae.music.melody_line import choose_track
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from symvae.music.windows import whole


def read_song(
    path: Path,
    name: str,
    collection: str,
    tracks: Sequence[str] = (),
    *,
    polyphonic: bool = False,
    drums: bool = False,
) -> list[Tune | Dropped]:
    """Read a tune for each stretch of one metre ("…#1", "…#2" if there are several).

    Args:
        path: The file; an ABC file may hold many pieces, named by their numbers ("…/17").
        name: Its name in the corpus.
        collection: Collection of the tunes.
        tracks: Names or numbers of tracks; of several, each is a voice of the work ("…#Alto", "…#Alto#1").
        polyphonic: Tracks keep their chords, and without ``tracks`` all pitched ones are merged.
        drums: Read drum tracks; without ``tracks`` all of them are merged.

    Returns:
        Tunes, and drops for the rest; a bad file is a drop, too.
    """
    found: list[Tune | Dropped] = []
    for piece in pieces(path, name):
        if isinstance(piece, Dropped):
            found.append(piece)
        else:
            found += _read_piece(piece, collection, tracks, polyphonic, drums)
    return found


def _read_piece(
    piece: Piece, collection: str, tracks: Sequence[str], polyphonic: bool, drums: bool
) -> list[Tune | Dropped]:
    name, title, song = piece
    try:
        if len(tracks) < 2:
            return tunes_of_song(song, name, collection, title, *tracks, polyphonic=polyphonic, drums=drums)
    except SymvaeError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    found: list[Tune | Dropped] = []
    read: set[int] = set()
    for track in tracks:
        try:
            chosen = choose_track(song, track)
            assert chosen is not None  # a track that was named exists, or it is an error
            if chosen.index in read:
                continue
            read.add(chosen.index)
            voice = f"{name}#{_label(song, chosen.index)}"
            found += tunes_of_song(
                song, voice, collection, title, chosen.index, polyphonic=polyphonic, drums=drums
            )
        except SymvaeError as fault:
            found.append(Dropped(f"{name}#{_safe(track)}", Reason.UNREADABLE, str(fault)))
    return found


def _label(song: Song, index: int) -> str:
    """Name of a track, or "track 2" if the name is empty, a number or not unique."""
    own = song.tracks[index].name.strip()
    unique = sum(track.name.strip() == own for track in song.tracks) == 1
    return _safe(own) if own and unique and not own.isdecimal() else f"track {index}"


def _safe(name: str) -> str:
    """The name without "#", which separates works from parts (`symvae.corpus.cluster`)."""
    return name.replace("#", "♯")


def tunes_of_song(
    song: Song,
    name: str,
    collection: str,
    title: str,
    track: str | int | None = None,
    *,
    polyphonic: bool = False,
    drums: bool = False,
    split: str = "",
) -> list[Tune | Dropped]:
    """Turn each stretch of one metre into a tune.

    Args:
        song: The song.
        name: Its name in the corpus.
        collection: Collection of the tunes.
        title: Title of the tunes.
        track: Name or number of the track; by default the most melody-like one.
        polyphonic: Keep the chords of the track, or by default merge all pitched tracks.
        drums: Read the drum track, or by default merge all of them.
        split: Split of the tunes, where the corpus has one of its own.

    Returns:
        Tunes, and drops for the rest. Raises `SymvaeError` if the song has no such track.
    """
    reading = whole(song, track, polyphonic, pitch_range=DRUM_PITCHES if drums else None, drums=drums)
    phrases = [phrase for phrase in reading.phrases if len(phrase)]
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes: list[Tune | Dropped] = [
        Tune(n, collection, title, phrase, reading.timing, split)
        for n, phrase in zip(names, phrases, strict=True)
    ]
    if not tunes and not reading.dropped:
        return [Dropped(name, Reason.EMPTY)]
    if reading.num_second_hits:
        tunes.append(Dropped(f"{name}#notes", Reason.SAME_CELL, count=reading.num_second_hits))
    return [*tunes, *(Dropped(f"{name}#{d.what}", d.reason, d.detail, d.count) for d in reading.dropped)]
