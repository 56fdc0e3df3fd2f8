"""Data sets of muspy: folders of its saved Music files, and its Dataset objects.

A folder is one that ``muspy.Dataset.save`` or ``FolderDataset.convert`` wrote, or any other of Music files
(.json and .yaml, also .gz). A Dataset object may be any sequence of Music objects, downloaded ones included.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.song_file import tunes_of_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.music.io.bridges.libraries import require, saved_song
from symvae.music.io.music_files import as_text
from symvae.music.io.source import load_any
from symvae.music.reason import Dropped, Reason

SUFFIXES = (".json", ".json.gz", ".yaml", ".yaml.gz")
#: Folder of the converted files in the folder of a FolderDataset.
CONVERTED = "_converted"


def muspy_folder(
    folder: Path | str,
    *,
    polyphonic: bool = False,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
) -> FileSource:
    """Read each saved Music of a folder, "folder/path/within/12.json".

    Args:
        folder: A folder of Music files, or that of a FolderDataset that was converted.
        polyphonic: Merge all pitched tracks, instead of reading the melody.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        Tunes, and drops for the rest.

    Raises:
        CorpusError: For a folder without Music files.
        ConfigError: muspy is not installed.
    """
    require("muspy")
    root, collection = Path(folder), as_text(Path(folder).resolve().name)
    place = root / CONVERTED if (root / CONVERTED).is_dir() else root
    paths = sorted(path for path in place.rglob("*") if path.name.lower().endswith(SUFFIXES))
    files = [path for path in paths if path.is_file() and not path.name.startswith(".")]
    if not files:
        raise CorpusError(
            f"{folder} holds no saved Music of muspy ({', '.join(SUFFIXES)}). "
            "Write it with the data set's save() or convert()."
        )
    named = tuple(
        MusicFile(path, _name(f"{collection}/{path.relative_to(place).as_posix()}")) for path in files
    )
    read = partial(_read, collection=collection, polyphonic=polyphonic)
    return FileSource(named, read, f"muspy, polyphonic {polyphonic}", workers, limits)


def muspy_dataset(
    dataset: Any, *, collection: str = "muspy", polyphonic: bool = False
) -> Iterator[Tune | Dropped]:
    """Read each item of a `muspy.Dataset`, "muspy/12".

    Args:
        dataset: A sequence of `muspy.Music`.
        collection: Name of the collection.
        polyphonic: Merge all pitched tracks, instead of reading the melody.

    Yields:
        Tunes, and drops for the rest, also for items that the data set cannot read.
    """
    for index in range(len(dataset)):
        name = f"{collection}/{index}"
        try:
            song = load_any(dataset[index])
            yield from tunes_of_song(song, name, collection, song.name or name, polyphonic=polyphonic)
        except SymvaeError as fault:
            yield Dropped(name, Reason.UNREADABLE, str(fault))
        except Exception as fault:  # a data set reads its files by any library
            yield Dropped(name, Reason.UNREADABLE, f"its data set cannot read it ({fault})")


def _name(name: str) -> str:
    """The name without "#", which separates works from parts (`symvae.corpus.cluster`)."""
    return as_text(name).replace("#", "♯")


def _read(file: MusicFile, collection: str, polyphonic: bool) -> list[Tune | Dropped]:
    try:
        song = saved_song(file.path, "muspy")
        title = song.name or file.path.name.split(".")[0]
        return tunes_of_song(song, file.name, collection, title, polyphonic=polyphonic)
    except SymvaeError as fault:
        return [Dropped(file.name, Reason.UNREADABLE, str(fault))]
