"""A user's own folder: all MIDI, MusicXML and ABC files in it, at any depth.

Each is read as `symvae.read` reads it; an ABC file may hold a whole book of tunes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.song_file import read_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.io.music_files import as_text, music_files
from symvae.music.reason import Dropped, Reason


def folder(
    path: Path | str,
    *,
    collection: str = "folder",
    tracks: Sequence[str] = (),
    polyphonic: bool = False,
    drums: bool = False,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> FileSource:
    """Read the tunes of a folder in order of file name, "collection/path/within/file.mid".

    Args:
        path: The folder.
        collection: Name of the collection.
        tracks: Name of the melody's track, or of several: each is a tune of its own ("…/file.mid#Alto"), all
            of one work. Without it the most melody-like track of each file is taken.
        polyphonic: Tracks keep their chords, and without ``tracks`` all pitched tracks are one piece.
        drums: Read the drum tracks of each file, without ``tracks`` all of them as one.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For a folder without music.
    """
    root = Path(path)
    found = music_files(root, CorpusError)
    files = tuple(MusicFile(file, _name(root, file, collection)) for file in found.files)
    dropped = tuple(
        Dropped(_name(root, file, collection), Reason.UNREADABLE, fault)
        for file, fault in found.unreadable.items()
    )
    reading = f"polyphonic {polyphonic}, drums {drums}, tracks {list(tracks)}"
    return FileSource(
        files, _Reader(collection, tuple(tracks), polyphonic, drums), reading, workers, limits, dropped
    )


def _name(root: Path, path: Path, collection: str) -> str:
    """Path within the folder; "#" separates works from parts in names (`symvae.corpus.cluster`)."""
    return as_text(f"{collection}/{path.relative_to(root).as_posix()}").replace("#", "♯")


@dataclass(frozen=True)
class _Reader:
    collection: str
    tracks: tuple[str, ...]
    polyphonic: bool
    drums: bool

    def __call__(self, file: MusicFile) -> list[Tune | Dropped]:
        return read_song(
            file.path,
            file.name,
            self.collection,
            self.tracks,
            polyphonic=self.polyphonic,
            drums=self.drums,
        )
