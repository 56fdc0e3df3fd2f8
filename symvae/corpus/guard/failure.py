"""The reason why a guarded function gave nothing for an item."""

import signal
import traceback
from pathlib import Path
from typing import NamedTuple

from symvae.corpus.guard.limits import FileLimits
from symvae.errors import SymvaeError
from symvae.music.reason import Reason

_MOST_CHARACTERS = 300
_REMEDY = "Leave the file out, or export it again from the program that wrote it."


class Failure(NamedTuple):
    """A file that cost itself."""

    reason: Reason
    detail: str
    """The fault and its remedy, in sentences."""


def from_error(error: BaseException) -> Failure:
    """Describe an exception: a refusal of symvae in its own words, any other by its name and place."""
    if isinstance(error, SymvaeError):
        return Failure(Reason.UNREADABLE, str(error))
    try:
        words = " ".join(str(error).split())[:_MOST_CHARACTERS]
    except Exception:  # a message that cannot be written is no reason to fail
        words = ""
    what = f"{type(error).__name__}: {words}" if words else type(error).__name__
    places = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(places[-1].filename).name}, line {places[-1].lineno}" if places else ""
    return Failure(Reason.READER_FAILED, f"The reader failed on it ({what}{place}). {_REMEDY}")


def from_memory(limits: FileLimits) -> Failure:
    """Describe a reader that asked for more memory than it may have."""
    return Failure(
        Reason.TOOK_TOO_MUCH_MEMORY,
        f"Reading it takes more than {limits.memory_mib} MiB of memory. "
        "Leave the file out, or raise --max-memory-per-file.",
    )


def from_exit(status: int, limits: FileLimits) -> Failure:
    """Describe the end of a reading process.

    Args:
        status: Its exit status; a signal is a negative number.
        limits: The limits that it ran under.

    Returns:
        The failure of the file that was being read.
    """
    name = _signal_name(-status)
    if name in ("SIGPROF", "SIGXCPU"):
        detail = f"Reading it takes more than {limits.seconds:g} s of processor time. "
    elif name == "SIGALRM":
        detail = f"Its reader waited for more than {limits.seconds * limits.waiting_factor:g} s. "
    else:
        ending = f"signal {name}" if name else f"exit status {status}"
        return Failure(Reason.READER_FAILED, f"Reading it ended the reading process ({ending}). {_REMEDY}")
    return Failure(Reason.TOOK_TOO_LONG, f"{detail}Leave the file out, or raise --max-seconds-per-file.")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
