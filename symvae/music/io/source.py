"""Sources of music: every form in which music comes, to one `symvae.music.song.Song` or to phrases.

    a path, or "-"     a MIDI, MusicXML or ABC file, or standard input
    bytes              the contents of such a file
    a file object      binary, or text with MusicXML or ABC
    an object          of pretty_midi, muspy, symusic, music21 or mido (`symvae.music.io.bridges`)
    Phrase, Song       as they are, and an Arrangement
    BookTune           one tune of a tune book (`symvae.music.io.book_tune`)
    several            a list, generator or other iterable of these, or a folder of files

Files are told apart by their first bytes (`symvae.music.io.sniff`), not by their names alone. The readers are
imported on first use: training, which measures phrases too, needs none of their libraries.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

from symvae.errors import ArgumentError, MidiError
from symvae.music.arrangement import AnyPhrase, Arrangement
from symvae.music.io import limits
from symvae.music.io.book_tune import BookTune
from symvae.music.io.bridges.libraries import library_of, song_of
from symvae.music.io.music_files import music_files
from symvae.music.io.sniff import HEAD_BYTES, MIDI, format_of
from symvae.music.phrase import Phrase
from symvae.music.song import Song

#: One piece of music in any form; the table above lists them.
Music: TypeAlias = Any
#: Classes of objects that are one piece each.
_ONE_PIECE = (Song, Phrase, Arrangement, BookTune, bytes, bytearray, memoryview)
#: The path that stands for standard input.
STANDARD_INPUT = "-"
FORMS = (
    'a path, a folder, "-" for standard input, bytes, an open file, a Phrase, a Song, or an object of '
    "pretty_midi, muspy, symusic, music21 or mido"
)


def load_any(source: Music) -> Song:
    """Read one piece of music as a song, with all its tracks.

    Args:
        source: The piece, in any form of the table above; several phrases are one after the other.

    Returns:
        The song, in ticks.

    Raises:
        MidiError: The source cannot be read as music, or holds several pieces.
        ArgumentError: It is of a type that holds no music.
    """
    if isinstance(source, Song):
        return source
    if isinstance(source, Phrase | Arrangement):
        return _reader("midi_write").to_song(source)
    if library := library_of(source):
        return song_of(source, library, name_of(source))
    tune = source.tune if isinstance(source, BookTune) else None
    if isinstance(source, BookTune):
        source = source.book
    if isinstance(source, bytes | bytearray | memoryview):
        return _load_bytes(bytes(source), name_of(source), tune=tune)
    if hasattr(source, "read"):
        return _load_bytes(_contents(source), name_of(source), _file_name(source), tune)
    if not _is_path(source):
        return _load_only(source)
    if os.fspath(source) == STANDARD_INPUT:
        return _load_bytes(_standard_input(), name_of(source), tune=tune)
    return _load_path(Path(source), tune)


def load_for_playback(source: Music) -> Song:
    """Read one piece of music as a song whose parts have one channel and one program each."""
    song = load_any(source)
    if song.events is None:
        return song
    changed = _reader("midi_patch").patched(song)
    played: Song = _reader("midi_read").for_playback(changed, name_of(source), song.name)
    return played


def members(music: Music | Iterable[Music]) -> list[Music]:
    """List the members of an iterable, or the one that all other music is.

    Raises:
        ArgumentError: The music is of a type that holds none.
    """
    if library_of(music):
        # The pieces of a music21 Opus.
        return list(getattr(music, "scores", None) or [music])
    if isinstance(music, Song | Phrase | Arrangement | BookTune | bytes | bytearray | memoryview) or hasattr(
        music, "read"
    ):
        return [music]
    if _is_path(music):
        return [music]
    if isinstance(music, Mapping) or type(music).__module__.startswith("miditok."):
        raise _refusal(music)
    try:
        return list(music)
    except TypeError:
        raise _refusal(music) from None


def pieces(music: Music | Iterable[Music]) -> list[Music]:
    """List the pieces of an iterable, of iterables in it and of folders, each for `load_any`.

    Raises:
        MidiError: A folder has no music.
        ArgumentError: The music, or a member of it, is of a type that holds none.
    """
    if _is_path(music) and os.path.isdir(music):
        found = music_files(music)
        return sorted([*found.files, *found.unreadable])
    several = members(music)
    if len(several) == 1 and several[0] is music:
        return several
    return [piece for each in several for piece in pieces(each)]


def unique(names: Iterable[str]) -> list[str]:
    """Names for reports; one that comes again gets a number."""
    found: dict[str, None] = {}
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        found[name if name not in found else next(each for each in numbered if each not in found)] = None
    return list(found)


def phrases_of(source: Music | Iterable[Music], read: Callable[[Song], Sequence[Any]]) -> list[Any]:
    """List phrases as they are, and the phrases that ``read`` finds in all other music.

    Args:
        source: A phrase, any other music, or several of them.
        read: Takes the phrases from a song.

    Returns:
        The phrases of all pieces in a row.
    """
    found: list[AnyPhrase] = []
    for piece in pieces(source):
        found += [piece] if isinstance(piece, Phrase | Arrangement) else read(load_any(piece))
    return found


def only(found: Sequence[Music]) -> Music:
    """The only piece.

    Raises:
        MidiError: There are more or fewer.
    """
    if len(found) != 1:
        raise MidiError(f"One piece of music is needed here, not {len(found)}. Give one of them.")
    return found[0]


def rereadable(source: Music) -> Music:
    """The source, or its contents where it can be read only once: standard input and open files."""
    if isinstance(source, BookTune):
        return BookTune(rereadable(source.book), source.tune)
    if hasattr(source, "read"):
        return _contents(source)
    return _standard_input() if _is_path(source) and os.fspath(source) == STANDARD_INPUT else source


def name_of(source: Music) -> str:
    """Name of a source in reports and errors: its path, or "the PrettyMIDI object"."""
    if _is_path(source):
        return "standard input" if os.fspath(source) == STANDARD_INPUT else os.fspath(source)
    if isinstance(source, BookTune):
        return name_of(source.book)
    if isinstance(source, Phrase):
        return "the phrase"
    if isinstance(source, Arrangement):
        return "the arrangement"
    if isinstance(source, Song):
        return source.name or "the song"
    if isinstance(source, bytes | bytearray | memoryview):
        return "the data"
    return _file_name(source) or f"the {type(source).__name__} object"


def _format_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return format_of(file.read(HEAD_BYTES), path)
    except (OSError, ValueError):
        return format_of(b"", path)  # whose reader names the fault


def _load_path(path: Path, tune: str | int | None) -> Song:
    if tune is None and _format_of(path) == MIDI:
        return _reader("midi_read").load(path)
    return _reader("score_read").load_score(path, tune)


def _load_bytes(data: bytes, where: str, file: str = "", tune: str | int | None = None) -> Song:
    kind, name = format_of(data, file), Path(file).stem
    if tune is None and kind == MIDI:
        return _reader("midi_read").load_bytes(data, where, name)
    return _reader("score_read").load_score_bytes(data, kind, where, name, tune)


def _load_only(source: Iterable[Music]) -> Song:
    """The one piece of an iterable, or its phrases in a row."""
    found = pieces(source)
    if found and all(isinstance(piece, Phrase | Arrangement) for piece in found):
        return _reader("midi_write").to_song(found)
    return load_any(only(found))


def _contents(file: Any) -> bytes:
    """The rest of an open file, up to the largest that is read."""
    try:
        data = file.read(limits.FILE_MIB.most * limits.MIB + 1)
    except (OSError, ValueError, TypeError) as error:
        raise MidiError(f"{name_of(file)} cannot be read: {error}. Open it for reading.") from error
    if isinstance(data, str):
        data = data.encode()
    if not isinstance(data, bytes | bytearray | memoryview):
        raise _refusal(file)
    limits.FILE_MIB.check(len(data) / limits.MIB, name_of(file))
    return bytes(data)


def _standard_input() -> bytes:
    stream = sys.stdin
    if stream is None or stream.isatty():
        raise MidiError("There is no file at standard input. Pipe one into the command, or name a file.")
    return _contents(getattr(stream, "buffer", stream))


def _reader(module: str) -> Any:
    return import_module(f"symvae.music.io.{module}")


def _is_path(source: Music) -> TypeGuard[str | os.PathLike[str]]:
    return isinstance(source, str | os.PathLike)


def _file_name(source: Music) -> str:
    """Name of an open file, "" if it has none."""
    name = getattr(source, "name", "")
    return os.fspath(name) if isinstance(name, str) and hasattr(source, "read") else ""


def _refusal(source: Any) -> ArgumentError:
    if type(source).__module__.startswith("miditok."):
        return ArgumentError("Tokens need their tokenizer: give tokenizer.decode(tokens), a Score.")
    return ArgumentError(f"Music cannot be read from {source!r:.60} ({type(source).__name__}). Give {FORMS}.")
