"""Readers of files that fail on some, or write down what they read."""

from pathlib import Path

from symvae.corpus.source import FileSource, MusicFile
from symvae.corpus.tune import Tune
from symvae.music.reason import Dropped
from tests.unit.corpus.hostile import read


def hostile(file: MusicFile, whole: FileSource) -> list[Tune | Dropped]:
    """Fail as the name of the file says."""
    read(file.path.stem)
    return whole.read(file)


def logged(file: MusicFile, log: Path, whole: FileSource) -> list[Tune | Dropped]:
    """Read a file and write its name down."""
    with log.open("a") as lines:
        lines.write(f"{file.path.name}\n")
    return whole.read(file)
