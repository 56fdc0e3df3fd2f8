"""Objects of other music libraries, recognized without importing any library.

A bridge is the module of this package that bears the library's name, with these functions:

    to_song(music, where)    an object of the library → `symvae.music.song.Song`; errors name it as ``where``
    from_song(song)          a song → an object of the library

It is imported on first use: an object shows that its library is there, and a library that is missing is an
error in one sentence.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from symvae.errors import ConfigError
from symvae.music.song import Song

#: Library → names of its classes that hold one piece of music.
PIECES = {
    "pretty_midi": ("PrettyMIDI",),
    "muspy": ("Music",),
    "symusic": ("ScoreTick", "ScoreQuarter", "ScoreSecond"),
    "music21": ("Stream",),
    "mido": ("MidiFile",),
}


def library_of(music: Any) -> str | None:
    """Name of the library that ``music`` is a piece of; None for all other objects."""
    for kind in type(music).__mro__:
        library = kind.__module__.split(".")[0]
        if kind.__name__ in PIECES.get(library, ()):
            return library
    return None


def song_of(music: Any, library: str, where: str) -> Song:
    """Convert a piece of a library to a song.

    Args:
        music: The piece.
        library: Its library.
        where: The piece in error messages.

    Returns:
        The song, with events where the piece has lyrics, markers or keys.

    Raises:
        MidiError: The piece contradicts itself.
    """
    song: Song = _bridge(library).to_song(music, where)
    return song


def piece_of(song: Song, library: str) -> Any:
    """Convert a song to a piece of a library.

    Raises:
        ConfigError: The library is not installed.
    """
    return _bridge(library).from_song(song)


def saved_song(path: Path, library: str) -> Song:
    """Read a file in a library's own format as a song.

    Raises:
        MidiError: The file cannot be read.
        ConfigError: The library is not installed.
    """
    song: Song = _bridge(library).load(path)
    return song


def require(library: str) -> None:
    """Refuse to go on without a library; raises `ConfigError`."""
    _bridge(library)


def _bridge(library: str) -> Any:
    try:
        return import_module(f"{__package__}.{library}")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{library} is not installed. Install it with `pip install symvae[{library}]`."
        ) from error
