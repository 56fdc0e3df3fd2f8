"""A user's own folder: all MIDI, MusicXML and ABC files in it, at any depth.

MIDI and MusicXML are read as everywhere in symvae; ABC files, which may hold a whole book, by
`symvae.corpus.notation`. Files are read by a pool of processes. A file that cannot be read is reported and
skipped, even one that crashes its process. Results are kept in a journal, so a run that is killed resumes
where it was.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from symvae.corpus.journal import Journal
from symvae.corpus.notation.read import tunes_of_file
from symvae.corpus.sources.song_file import read_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.io.files import MIDI_SUFFIXES, SCORE_SUFFIXES
from symvae.music.reason import Dropped, Reason

SUFFIXES = (*MIDI_SUFFIXES, *SCORE_SUFFIXES)
#: Files handed to the pool at a time: few enough that little is lost when a run is killed.
BATCH_FILES = 64


@dataclass(frozen=True)
class _File:
    path: Path
    name: str
    collection: str
    tracks: tuple[str, ...]
    polyphonic: bool


def folder(
    path: Path | str,
    *,
    collection: str = "folder",
    tracks: Sequence[str] = (),
    polyphonic: bool = False,
    workers: int = 2,
    journal: Path | None = None,
) -> Iterator[Tune | Dropped]:
    """Read the tunes of a folder in order of file name, "collection/path/within/file.mid".

    Args:
        path: The folder.
        collection: Name of the collection.
        tracks: Name of the melody's track, or of several: each is a tune of its own ("…/file.mid#Alto"), all
            of one work. Without it the most melody-like track of each file is taken.
        polyphonic: Tracks keep their chords, and without ``tracks`` all pitched tracks are one piece. ABC
            tunes are melodies either way.
        workers: Processes that read files.
        journal: File that makes the reading resumable (`journal_beside`).

    Yields:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For a folder without music.
    """
    root = Path(path)
    files = [
        _File(p, _name(root, p, collection), collection, tuple(tracks), polyphonic)
        for p in _music_files(root)
    ]
    if not files:
        raise CorpusError(f"{root} holds no music. Name a folder with {', '.join(SUFFIXES)} files.")
    named = [f"track {tracks[0]}"] if len(tracks) == 1 else [f"tracks {list(tracks)}"] * bool(tracks)
    reading = ["polyphonic"] * polyphonic + named
    kept = Journal(journal, reading=", ".join(reading))
    for start in range(0, len(files), BATCH_FILES):
        batch = files[start : start + BATCH_FILES]
        found = {file: items for file in batch if (items := kept.get(file.path, file.name)) is not None}
        for file, items in _read_all([file for file in batch if file not in found], workers):
            kept.add(file.path, file.name, items)
            found[file] = items
        for file in batch:
            yield from found[file]


def _music_files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def _name(root: Path, path: Path, collection: str) -> str:
    """Path within the folder; "#" separates works from parts in names (`symvae.corpus.cluster`)."""
    return f"{collection}/{path.relative_to(root).as_posix()}".replace("#", "♯")


def _read_all(files: Sequence[_File], workers: int) -> Iterator[tuple[_File, list[Tune | Dropped]]]:
    if workers <= 1:
        yield from ((file, _read(file)) for file in files)
        return
    done: set[_File] = set()
    try:
        with ProcessPoolExecutor(workers) as pool:
            for file, items in zip(files, pool.map(_read, files), strict=True):
                yield file, items
                done.add(file)
    except BrokenProcessPool:
        for file in files:
            if file not in done:
                yield file, _read_alone(file)


def _read_alone(file: _File) -> list[Tune | Dropped]:
    """Read in a process of its own, after a file of its batch has crashed the pool."""
    try:
        with ProcessPoolExecutor(1) as pool:
            return pool.submit(_read, file).result()
    except BrokenProcessPool:
        return [Dropped(file.name, Reason.UNREADABLE, "reading it ends the whole process")]


def _read(file: _File) -> list[Tune | Dropped]:
    if file.path.suffix.lower() == ".abc":
        return tunes_of_file(file.path, file.name, file.collection)
    return read_song(file.path, file.name, file.collection, file.tracks, polyphonic=file.polyphonic)
