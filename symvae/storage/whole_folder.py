"""Folders that are whole or not there: filled beside their place under a hidden name, then exchanged.

Linux and macOS exchange two folders in one step, so that there is no moment without one. Elsewhere the old
folder is renamed first; if the process is killed in between, the next writer puts it back.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symvae.errors import SymvaeError
from symvae.storage.faults import explained
from symvae.storage.lock import locked
from symvae.storage.whole_file import make_folder, sync_file, sync_folder


@contextmanager
def whole_folder(
    folder: Path, error: type[SymvaeError] = SymvaeError, *, copied: bool = False, wait: bool = True
) -> Iterator[Path]:
    """Give a folder to fill, and put it in the place of ``folder`` when the block ends without an exception.

    Args:
        folder: The folder to write; an old one is replaced.
        error: Class of the error.
        copied: Begin with the files of the old folder, to change some of them.
        wait: Wait for another writer of the same folder instead of refusing.

    Yields:
        A folder beside it.

    Raises:
        SymvaeError: The folder cannot be written, or has another writer and ``wait`` is not set; of the class
            ``error``. An old one is then as it was.
    """
    place = Path(os.path.realpath(folder))
    fresh, old = (place.with_name(f".{place.name}.{word}") for word in ("building", "old"))
    make_folder(place.parent, error)
    with (
        explained(folder, error, fresh, old),
        locked(place.with_name(f".{place.name}.lock"), error, what=str(folder), wait=wait),
    ):
        _recover(place, old)
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            if copied and place.exists():
                shutil.copytree(place, fresh)
            else:
                fresh.mkdir()
            yield fresh
            _sync(fresh)
            _put(fresh, place, old)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            _recover(place, old)


def _recover(place: Path, old: Path) -> None:
    """Put an old folder back that was renamed before its successor was in place; remove it otherwise."""
    if old.exists() and not place.exists():
        old.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _put(fresh: Path, place: Path, old: Path) -> None:
    """Rename ``fresh`` to ``place``; what was there is left under one of the other names."""
    if not place.exists():
        fresh.rename(place)
    elif not _exchange(fresh, place):
        place.rename(old)
        fresh.rename(place)
    sync_folder(place.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system or the disk cannot.

    Linux: renameat2(2) with RENAME_EXCHANGE; macOS: renamex_np(2) with RENAME_SWAP.
    """
    if sys.platform == "win32":
        return False
    here, exchange = -100, 2  # AT_FDCWD, and both systems' flag
    library = ctypes.CDLL(None)
    a, b = os.fsencode(one), os.fsencode(other)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(here, a, here, b, exchange) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(a, b, exchange) == 0)
    return False


def _sync(folder: Path) -> None:
    """Force all files of a folder onto the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            sync_file(path)
    sync_folder(folder)
