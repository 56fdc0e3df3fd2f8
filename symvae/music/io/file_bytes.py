"""Bytes of a music file, from disk and to disk, with one sentence for each fault.

This module knows paths and sizes, and no file format.
"""

import os
from pathlib import Path

from symvae.errors import MidiError, refuse_to_overwrite
from symvae.music.io.limits import FILE_MIB, MIB
from symvae.storage import whole_file


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a music file.

    Raises:
        MidiError: The path names no file, the file is too large, or it cannot be opened.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise MidiError(f"{path} is a folder. Give one music file inside it.")
        if not path.exists():
            raise MidiError(f"There is no file {path}. Check the name.")
        if not path.is_file():
            raise MidiError(f"{path} is a device or a pipe. Give a music file.")
        FILE_MIB.check(path.stat().st_size / MIB, str(path))
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise MidiError(f"{path} cannot be opened: {error}. Check its name and its permissions.") from error


def write_bytes(data: bytes, path: str | os.PathLike[str], force: bool = False) -> Path:
    """Write a finished file, whole or not at all.

    Args:
        data: The whole file.
        path: The file to write, in a folder that exists.
        force: Overwrite an existing file.

    Returns:
        The path.

    Raises:
        MidiError: The path is a folder, the file exists and ``force`` is not set, or it cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise MidiError(f"{path} is a folder. Give the name of a file to write.")
    refuse_to_overwrite(path, MidiError, force=force)
    whole_file.write_bytes(path, data, MidiError)
    return path
