"""Find the music files of a folder."""

import os
from pathlib import Path
from typing import NamedTuple

from symvae.errors import MidiError, SymvaeError
from symvae.music.io.sniff import MIDI_SUFFIXES, SCORE_SUFFIXES

SUFFIXES = (*MIDI_SUFFIXES, *SCORE_SUFFIXES)


def as_text(name: str) -> str:
    """The name of a file or folder, with bytes that are no text as backslash escapes."""
    return name.encode("utf-8", "backslashreplace").decode()


class Found(NamedTuple):
    """Music files of a folder, at any depth."""

    files: tuple[Path, ...]
    """In the order of their paths."""
    unreadable: dict[Path, str]
    """Folders that cannot be opened, and pipes or dead links named like music files, with the fault."""


def music_files(folder: str | os.PathLike[str], error: type[SymvaeError] = MidiError) -> Found:
    """Find all files with a suffix of music in a folder. Links to other folders are not followed.

    Args:
        folder: The folder.
        error: Class of the error.

    Returns:
        The files.

    Raises:
        SymvaeError: The folder has none; of the class ``error``.
    """
    files: list[Path] = []
    unreadable: dict[Path, str] = {}

    def refused(fault: OSError) -> None:
        unreadable[Path(os.fsdecode(fault.filename))] = f"The folder cannot be opened ({fault.strerror})."

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
        raise error(f"{folder} holds no music. Name a folder with {', '.join(SUFFIXES)} files.{faults}")
    return Found(tuple(sorted(files)), dict(sorted(unreadable.items())))
