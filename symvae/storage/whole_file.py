"""Files that are whole or not there: written beside their place under a hidden name, then renamed.

Until the renaming an old file stays as it is. A full disk, an exception, Ctrl-C or termination removes the
hidden file; a process that is killed leaves it, and the next run that writes the same file overwrites it.
Devices and pipes (``/dev/stdout``) have no place beside them: they receive the finished bytes.
"""

import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from symvae.errors import SymvaeError
from symvae.storage.faults import explained
from symvae.storage.lock import claim, release

#: Longest name of a file on all usual disks, in bytes.
_LONGEST_NAME = 255
#: Names of streams that are open already; what they lead to is not to be replaced.
_OPEN_STREAMS = ("/dev/fd/", "/dev/std", "/proc/")


@contextmanager
def whole_file(path: str | os.PathLike[str], error: type[SymvaeError] = SymvaeError) -> Iterator[Path]:
    """Give a path to write to, and put the file in its place when the block ends without an exception.

        with whole_file("song.png") as part:
            figure.savefig(part)

    Links are followed, and an old file's permissions are kept.

    Args:
        path: The file to write, in a folder that exists.
        error: Class of the error.

    Yields:
        A path with the same suffix, where an empty file is.

    Raises:
        SymvaeError: The file cannot be written; of the class ``error``. An old one is then as it was.
    """
    path = Path(path)
    if "\0" in str(path):
        raise error(f"{str(path)!r} is no name of a file: it holds a zero byte. Choose another name.")
    if is_stream(path):
        with tempfile.TemporaryDirectory() as folder, explained(path, error):
            copy = Path(folder) / path.name
            yield copy
            with copy.open("rb") as source, path.open("wb") as stream:
                shutil.copyfileobj(source, stream)
        return
    target = Path(os.path.realpath(path))
    part = _part(target)
    with explained(path, error, part, target):
        _check(target)
        with _claimed(part):
            yield part
            _settle(part, target)


def write_bytes(path: str | os.PathLike[str], data: bytes, error: type[SymvaeError] = SymvaeError) -> None:
    """Write a whole file.

    Args:
        path: The file to write, in a folder that exists.
        data: Its content.
        error: Class of the error.

    Raises:
        SymvaeError: The file cannot be written; of the class ``error``. An old one is then as it was.
    """
    with whole_file(path, error) as part:
        part.write_bytes(data)


def write_text(path: str | os.PathLike[str], text: str, error: type[SymvaeError] = SymvaeError) -> None:
    """Write a whole file of text in UTF-8, its lines as they are.

    Args:
        path: The file to write, in a folder that exists.
        text: Its content.
        error: Class of the error.

    Raises:
        SymvaeError: The file cannot be written; of the class ``error``. An old one is then as it was.
    """
    write_bytes(path, text.encode(), error)


def make_folder(folder: Path, error: type[SymvaeError] = SymvaeError) -> None:
    """Make a folder, and those that it lies in, where they are missing.

    Args:
        folder: The folder.
        error: Class of the error.

    Raises:
        SymvaeError: The folder cannot be made; of the class ``error``.
    """
    with explained(folder, error, *folder.parents):
        folder.mkdir(parents=True, exist_ok=True)


def is_stream(path: Path) -> bool:
    """Tell whether a path leads to a device or a pipe, which is written to and never replaced."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    if os.path.abspath(path).startswith(_OPEN_STREAMS):
        return True
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _claimed(part: Path) -> Iterator[None]:
    """Make the empty file ``part`` for this writer alone; another one waits. Remove it after an exception."""
    handle = None
    try:
        handle = claim(part, wait=True)
        assert handle is not None
        os.ftruncate(handle, 0)
        if sys.platform == "win32":  # an open file cannot be renamed there
            release(handle)
        yield
    except BaseException:
        if handle is not None:
            with suppress(OSError):
                part.unlink()
        raise
    finally:
        if handle is not None and sys.platform != "win32":
            release(handle)


def _part(target: Path) -> Path:
    """The hidden name beside ``target``; the same each time, so that nothing piles up."""
    name = f".{target.stem}.part{target.suffix}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        short = hashlib.blake2b(os.fsencode(target.name), digest_size=12).hexdigest()
        name = f".{short}.part{target.suffix[:16]}"
    return target.with_name(name)


def _check(target: Path) -> None:
    """Raise before the work what the renaming would raise after it, and respect a file's own permissions."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not os.access(target, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def _settle(part: Path, target: Path) -> None:
    """Force a finished file onto the disk, give it owner and permissions of the old one, and rename it."""
    sync_file(part)
    with suppress(FileNotFoundError):
        old = target.stat()
        if sys.platform != "win32" and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(OSError):
                os.chown(part, old.st_uid, old.st_gid)
        with suppress(OSError):
            part.chmod(stat.S_IMODE(old.st_mode))
    os.replace(part, target)
    sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Force the content of a file onto the disk."""
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Force new names in a folder onto the disk, where the system can."""
    if sys.platform != "win32":
        with suppress(OSError):
            sync_file(folder)
