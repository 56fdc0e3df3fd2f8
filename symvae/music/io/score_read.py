"""Scores to songs: MusicXML (.xml, .musicxml, .mxl) and ABC (.abc).

There is one reader, for users and for corpora alike: the bytes (`symvae.music.io.score.file_text`), the bars
as written (`abc`, `musicxml`), the order in which they are played (`playing_order`), measures and metre map
(`layout`), and tracks (`to_song`). Repeats are expanded, ties joined, transposing instruments sound at
their pitch, a pickup is moved to the end of a full first bar, and grace notes are dropped and counted.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.file_bytes import read_bytes
from symvae.music.io.score.abc import abc_tunes, read_abc, tunes_named
from symvae.music.io.score.file_text import text_of
from symvae.music.io.score.musicxml import read_musicxml
from symvae.music.io.score.to_song import to_song
from symvae.music.io.sniff import ABC, format_of
from symvae.music.song import Song

#: Characters of a tune in a list of tunes.
_LISTED = 60
#: Format of a score, by suffix.
FORMATS = {".xml": "musicxml", ".musicxml": "musicxml", ".mxl": "musicxml", ".abc": "abc"}


class ScoreTune(NamedTuple):
    """One piece of a score file."""

    number: str
    """Its number in a tune book; empty for MusicXML."""
    song: Song | MidiError
    """The music, or the reason why it cannot be read."""


def load_score(path: str | os.PathLike[str], tune: str | int | None = None) -> Song:
    """Read a MusicXML or ABC file of one piece, or one tune of a tune book.

    Args:
        path: The file.
        tune: Number or title of the tune in an ABC file that holds several.

    Returns:
        The song, in playing order.

    Raises:
        MidiError: The file cannot be read as music, or there is no such tune, or there are several and none
            was chosen.
    """
    path = Path(path)
    data = read_bytes(path)
    return load_score_bytes(data, format_of(data, path), str(path), path.stem, tune)


def load_score_bytes(
    data: bytes, suffix: str, where: str, name: str = "", tune: str | int | None = None
) -> Song:
    """Read the content of a MusicXML or ABC file.

    Args:
        data: The whole file.
        suffix: Suffix of its format, as `symvae.music.io.sniff.format_of` recognizes it.
        where: The file in error messages.
        name: Name of the song.
        tune: Number or title of the tune in an ABC file that holds several.

    Returns:
        The song, in playing order.

    Raises:
        MidiError: As for `load_score`.
    """
    limits.SCORE_MIB.check(len(data) / limits.MIB, where)
    if suffix != ABC:
        if tune is not None:
            raise MidiError(f"{where} is no tune book, so there is no tune {tune!r} to choose. Leave it out.")
        return to_song(read_musicxml(data, where), where, name)
    tunes = abc_tunes(_abc_text(data, where), where)
    chosen = tunes if tune is None else tunes_named(tunes, tune)
    if len(chosen) == 1:
        return to_song(read_abc(chosen[0], where), where, name)
    listed = "; ".join(f"{t.number} {t.title}".strip()[:_LISTED] for t in (chosen or tunes)[:8])
    listed += "; …" if len(chosen or tunes) > 8 else ""
    if not chosen:
        raise MidiError(f"{where} has no tune {tune!r}. It has {len(tunes)}: {listed}.")
    raise MidiError(
        f"{where} holds {len(chosen)} tunes. Choose one with --tune, by number or title: {listed}."
    )


def score_tunes(path: str | os.PathLike[str]) -> Iterator[ScoreTune]:
    """Read every piece of a score file, a tune book's one by one.

    Args:
        path: A MusicXML or ABC file.

    Yields:
        Each piece, as `load_score` reads it; one that cannot be read has its error.

    Raises:
        MidiError: The file cannot be read at all.
    """
    path = Path(path)
    data, where = read_bytes(path), str(path)
    limits.SCORE_MIB.check(len(data) / limits.MIB, where)
    if format_of(data, path) != ABC:
        yield ScoreTune("", to_song(read_musicxml(data, where), where, path.stem))
        return
    for tune in abc_tunes(_abc_text(data, where), where):
        place = f"{where}, tune {tune.number}" if tune.number else where
        try:
            song: Song | MidiError = to_song(read_abc(tune, place), place, path.stem)
        except MidiError as fault:
            song = fault
        yield ScoreTune(tune.number, song)


def _abc_text(data: bytes, where: str) -> str:
    text = text_of(data)
    if not text.strip():
        raise MidiError(f"{where} is empty. Give a file with a tune.")
    return text
