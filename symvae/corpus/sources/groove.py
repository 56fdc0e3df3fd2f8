"""Groove MIDI Dataset: drummers on an electronic kit to a click, from the user's own folder.

13.6 hours of ten drummers, with velocities and played timing (Gillick et al., "Learning to Groove with
Inverse Sequence Transformations", ICML 2019, arXiv 1905.06118; CC BY 4.0;
magenta.tensorflow.org/datasets/groove). Its ``info.csv`` names drummer, style and split of each file. The
split is kept; the name of a tune has its drummer and session ("groove/drummer1/session1/17"), its title
style and kind ("funk/groove1, beat").

One file is left out: it states 105 quarter notes a minute, and its hits do not lie on that grid.
"""

from pathlib import Path
from typing import NamedTuple

from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.sources.song_file import tunes_of_song
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError, SymvaeError
from symvae.files.table import read_records
from symvae.music.io.midi_read import load
from symvae.music.reason import Dropped, Reason

COLLECTION = "groove"
INFO_FILE = "info.csv"
#: Takes whose hits are not on their own grid.
MISALIGNED = frozenset({"drummer7/session3/149"})
_SPLITS = ("train", "validation", "test")


class _Take(NamedTuple):
    """A row of ``info.csv``."""

    title: str
    split: str


def groove(folder: Path | str, *, workers: int = 2, limits: FileLimits = DEFAULT_LIMITS) -> FileSource:
    """Read each take as one tune, "groove/drummer1/session1/17".

    Args:
        folder: The folder of the data set, with its ``info.csv``; takes that are not in the folder are left
            out.
        workers: Processes that read files.
        limits: The most that one file may take.

    Returns:
        Tunes with a split of their own, and drops for the rest.

    Raises:
        CorpusError: The folder has no ``info.csv``, or no take of it.
    """
    folder = Path(folder)
    if not (folder / INFO_FILE).is_file():
        raise CorpusError(
            f"{folder} is not the Groove MIDI Dataset: it has no {INFO_FILE}. Name the folder that has it."
        )
    columns = ("id", "style", "beat_type", "midi_filename", "split")
    files: list[MusicFile] = []
    dropped: list[Dropped] = []
    takes: dict[str, _Take] = {}
    for _, row in read_records(folder / INFO_FILE, columns, CorpusError):
        path, name = folder / row["midi_filename"], f"groove/{row['id']}"
        if row["id"] in MISALIGNED:
            dropped.append(Dropped(name, Reason.MISALIGNED))
        elif path.is_file():
            files.append(MusicFile(path, name))
            split = row["split"] if row["split"] in _SPLITS else ""
            takes[name] = _Take(f"{row['style']}, {row['beat_type']}", split)
    if not files:
        raise CorpusError(f"{folder} has {INFO_FILE}, and none of the files that it names. Unpack it again.")
    return FileSource(tuple(files), _Reader(takes), COLLECTION, workers, limits, tuple(dropped))


class _Reader:
    """Function of one take.

    Args:
        takes: The rows of ``info.csv`` by the name of the tune.
    """

    def __init__(self, takes: dict[str, _Take]) -> None:
        self._takes = takes

    def __call__(self, file: MusicFile) -> list[Tune | Dropped]:
        title, split = self._takes[file.name]
        try:
            song = load(file.path)
            return tunes_of_song(song, file.name, COLLECTION, title, drums=True, split=split)
        except SymvaeError as fault:
            return [Dropped(file.name, Reason.UNREADABLE, str(fault))]
