"""Find the music files of a folder."""

import os
from pathlib import Path
from typing import NamedTuple

from symvae.errors import CorpusError
from symvae.music.io.files import MIDI_SUFFIXES, SCORE_SUFFIXES

SUFFIXES = (*MIDI_SUFFIXES, *SCORE_SUFFIXES)


class Found(NamedTuple):
    """Music files of a folder, at any depth."""

    files: tuple[Path, ...]
    """In the order of their paths."""
    unreadable: dict[Path, str]
    """Folders that cannot be opened, and pipes or dead links named like music files, with the fault."""


def music_files(folder: Path | str) -> Found:
    """Find all files with a suffix of music in a folder. Links to other folders are not followed.

    Raises:
        CorpusError: For a folder without any.
    """
    files: list[Path] = []
    unreadable: dict[Path, str] = {}

    def refused(error: OSError) -> None:
        unreadable[Path(os.fsdecode(error.filename))] = f"The folder cannot be opened ({error.strerror})."

    for parent, _, names in os.walk(folder, onerror=refused):
        for path in (Path(parent, name) for name in names if name.lower().endswith(SUFFIXES)):
            try:
                regular = path.is_file()
            except OSError:
                regular = False
            if regular:
                files.append(path)
            else:
                unreadable[path] = "It is no regular file: a link without its file, a pipe or a device."
    if not files:
        faults = "".join(f" {path}: {fault}" for path, fault in list(unreadable.items())[:3])
        raise CorpusError(f"{folder} holds no music. Name a folder with {', '.join(SUFFIXES)} files.{faults}")
    return Found(tuple(sorted(files)), dict(sorted(unreadable.items())))
