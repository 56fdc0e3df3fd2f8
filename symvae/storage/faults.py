"""Sentences for files that cannot be written: the true cause, and a remedy that works."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from symvae.errors import SymvaeError

_FREE = "Free some space, or choose a folder on another disk."
#: Error number → what is wrong, and what to do.
_SENTENCES = {
    errno.ENOSPC: ("no space is left on the device", _FREE),
    errno.EDQUOT: ("your share of the disk (quota) is used up", _FREE),
    errno.EFBIG: (
        "it would be larger than this disk or this account allows",
        "Write less at a time, or choose a folder on another disk.",
    ),
    errno.EROFS: ("the disk can only be read", "Choose a folder on another disk."),
    errno.EIO: ("the disk reports an error", "Choose a folder on another disk, and check this one."),
    errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name."),
    errno.EISDIR: ("it is a folder", "Give the name of a file."),
    errno.ELOOP: ("its links lead in a circle", "Choose another name."),
    errno.EBUSY: ("another program uses it", "Close that program, or choose another name."),
    errno.EMFILE: ("too many files are open", "Close some programs, then try again."),
    errno.ENFILE: ("too many files are open", "Close some programs, then try again."),
    errno.EINVAL: ("this disk does not take its name", "Choose a name of letters and digits."),
    errno.EILSEQ: ("this disk does not take its name", "Choose a name of letters and digits."),
}
#: Faults of the disk itself. Some libraries report them as an error of their own.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


def unwritable(path: Path, fault: OSError | ValueError) -> str:
    """Explain why a file cannot be written.

    Args:
        path: The file, as the user named it.
        fault: What Python raised; a ValueError is a name that no file can have.

    Returns:
        One sentence for the fault and one for the remedy.
    """
    number = fault.errno if isinstance(fault, OSError) else errno.EINVAL
    reason, remedy = _SENTENCES.get(number or 0, (_plain(fault), "Choose another place."))
    if number == errno.ENOENT:
        reason, remedy = f"there is no folder {_missing(path)}", "Choose a folder that exists, or make it."
    elif number in (errno.ENOTDIR, errno.EEXIST):
        reason, remedy = f"{_blocking(path)} is a file and no folder", "Choose another folder."
    elif number in (errno.EACCES, errno.EPERM):
        place = path if os.path.exists(path) and not os.access(path, os.W_OK) else path.parent
        reason, remedy = f"you have no permission to write {place}", "Choose a folder of your own."
    return f"{path} cannot be written: {reason}. {remedy}"


@contextmanager
def explained(path: Path, error: type[SymvaeError], *others: Path) -> Iterator[None]:
    """Turn the faults of writing ``path`` into an error of symvae; all else passes.

    Args:
        path: The file, as the user named it.
        error: Class of the error.
        others: Other names under which the same file is written, or folders in which it is.

    Raises:
        SymvaeError: The file cannot be written; of the class ``error``.
    """
    try:
        yield
    except (SymvaeError, BrokenPipeError):
        raise
    except Exception as raised:
        fault = _fault(raised, path, others)
        if fault is None:
            raise
        kept = fault.errno in _OF_THE_DISK and os.path.isfile(path)
        raise error(unwritable(path, fault) + " The old file is as it was." * kept) from raised


def _fault(raised: Exception, path: Path, others: Sequence[Path]) -> OSError | None:
    """The fault of writing ``path`` behind an exception; None where it has another reason."""
    if isinstance(raised, OSError) and raised.errno is not None:
        name = None if raised.filename is None else Path(os.fsdecode(raised.filename))
        ours = name is None or name == path or not {name, *name.parents}.isdisjoint(others)
        return raised if ours else None
    behind: BaseException | None = raised
    while behind is not None:
        if isinstance(behind, OSError) and behind.errno in _OF_THE_DISK:
            return behind
        behind = behind.__cause__ or behind.__context__
    return None


def _plain(fault: OSError | ValueError) -> str:
    words = (fault.strerror if isinstance(fault, OSError) else None) or str(fault)
    return words[:1].lower() + words[1:]


def _missing(path: Path) -> Path:
    """The first folder on the way to ``path`` that does not exist."""
    way = [*reversed(path.parents)]
    return next((folder for folder in way if not os.path.exists(folder)), path.parent)


def _blocking(path: Path) -> Path:
    """The file on the way to ``path`` that stands where a folder is needed."""
    way = [*reversed(path.parents), path]
    return next((place for place in way if os.path.exists(place) and not os.path.isdir(place)), path.parent)
