"""Locks between processes, and between threads of one: a hidden file that one holder at a time has locked.

The system releases the lock of a process that ends, however it ends, so none is ever left behind locked.
A lock file is deleted by its holder; whoever waited for it notices that, and makes a new one.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from symvae.errors import SymvaeError
from symvae.storage.faults import explained

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
#: Handles that are locked here. A forked process closes its copies: it holds nothing of its parent.
_held: set[int] = set()


@contextmanager
def locked(path: Path, error: type[SymvaeError], *, what: str, wait: bool = False) -> Iterator[None]:
    """Hold a lock while the block runs.

    Args:
        path: The lock file, in a folder that exists.
        error: Class of the errors.
        what: Name of the thing that only one may use, for the sentence of the error.
        wait: Wait for another holder instead of refusing.

    Yields:
        Nothing: the lock is held.

    Raises:
        SymvaeError: Another holder has the lock, or the file cannot be written; of the class ``error``.
    """
    with explained(path, error):
        handle = claim(path, wait=wait)
    if handle is None:
        raise error(f"Another run uses {what}. Wait until it ends, or choose another folder.")
    try:
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be deleted there
            release(handle)
        with suppress(OSError):
            os.unlink(path)
        if sys.platform != "win32":
            release(handle)


def claim(path: Path, *, wait: bool) -> int | None:
    """Open the file ``path``, made if missing, and lock it.

    Args:
        path: The file.
        wait: Wait for another holder.

    Returns:
        Its handle for `release`; None where another holder has it.
    """
    while True:
        handle = os.open(path, _FLAGS, 0o666)
        try:
            if not _lock(handle, wait=wait):
                os.close(handle)
                return None
            if _is_at(handle, path):
                _held.add(handle)
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def release(handle: int) -> None:
    """Unlock and close what `claim` returned."""
    _held.discard(handle)
    with suppress(OSError):
        _unlock(handle)
    os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    """Tell whether a file still has its name: its last holder may have deleted or renamed it."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(handle: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False

    def _unlock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _lock(handle: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # a disk without locks, as some of networks are: better unlocked than not at all
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

    def _forget() -> None:
        for handle in _held:
            with suppress(OSError):
                os.close(handle)
        _held.clear()

    os.register_at_fork(after_in_child=_forget)
