"""Sources of tunes: files, and the function that reads one of them.

Files are read in processes that a bad one cannot harm (`symvae.corpus.guard`). A file whose reader raises,
crashes, takes too long or too much memory is a drop, and all others are read.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from symvae.corpus.guard.failure import Failure
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.guard.pool import guarded_in_order
from symvae.corpus.tune import Tune
from symvae.music.reason import Dropped

Item = TypeVar("Item")


class MusicFile(NamedTuple):
    """A file, or the folder of one song, and its name in the corpus."""

    path: Path
    name: str

    def stamp(self) -> str:
        """Path, size and modification time: a file with another stamp is read anew."""
        try:
            parts = sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]
            states = [(part.name, part.stat().st_size, part.stat().st_mtime_ns) for part in parts]
        except OSError:  # its reader will say why
            states = []
        return f"{self.name}|{os.path.realpath(self.path)}|{states}"


@dataclass(frozen=True)
class FileSource(Iterable[Tune | Dropped]):
    """Files that are read one by one; iterating yields their tunes and drops in the order of the files."""

    files: tuple[MusicFile, ...]
    read: Callable[[MusicFile], list[Tune | Dropped]]
    """Function of one file, found by its name in the reading processes: no lambda."""
    reading: str
    """The choices that files are read with, in words."""
    workers: int = 2
    """Processes that read files."""
    limits: FileLimits = DEFAULT_LIMITS
    dropped: tuple[Dropped, ...] = ()
    """Drops that are known before any file is read."""

    def __iter__(self) -> Iterator[Tune | Dropped]:
        outcomes = guarded_in_order(self.read, self.files, workers=self.workers, limits=self.limits)
        for file, outcome in zip(self.files, outcomes, strict=True):
            yield from items_of(file.name, outcome)
        yield from self.dropped


def items_of(name: str, outcome: list[Item] | Failure) -> list[Item | Dropped]:
    """The items that the file ``name`` gave; a failure is one drop."""
    if isinstance(outcome, Failure):
        return [Dropped(name, outcome.reason, outcome.detail)]
    return [*outcome]


#: Tunes, and drop reasons for the rest: files, or items that are there already.
Source: TypeAlias = FileSource | Iterable[Tune | Dropped]
