"""Ends of a process at its n-th change of the file system, for tests that end it at every one.

The change before the n-th is done, the n-th is not. Python announces changes by audit events; only the
exchange of two folders is announced here. Nothing depends on time.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from symvae.storage import whole_folder

CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "exchange",
}
KILLED = -signal.SIGKILL


class End(NamedTuple):
    """End of a process."""

    status: int
    """Exit status, or minus the signal that ended it."""
    stderr: str


def ended_at(change: int, action: Callable[[], Any], by: int = signal.SIGKILL) -> End:
    """Run ``action`` in a process that receives the signal ``by`` at its n-th change, counted from 0."""
    with tempfile.TemporaryFile("w+") as complaints:
        child = os.fork()
        if not child:
            status = 70
            try:
                os.dup2(complaints.fileno(), 2)
                sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 (lives as long as the process)
                _send_at(change, by)
                action()
                status = 0
            except SystemExit as end:
                status = int(end.code or 0)
            finally:
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        complaints.seek(0)
        return End(status, complaints.read())


def ends(action: Callable[[], Any], by: int = signal.SIGKILL) -> Iterator[tuple[int, End]]:
    """End ``action`` at each of its changes in turn, until it is done before the next."""
    for change in range(10_000):
        end = ended_at(change, action, by)
        if end.status == 0:
            return
        yield change, end


def _send_at(change: int, by: int) -> None:
    done = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal done
        if event in CHANGES or (event == "open" and _writes(arguments)):
            done += 1
            if done == change + 1:
                os.kill(os.getpid(), by)

    exchange = whole_folder._exchange

    def announced(*names: Any) -> bool:
        sys.audit("exchange")
        return exchange(*names)

    whole_folder._exchange = announced
    sys.addaudithook(count)


def _writes(arguments: tuple[Any, ...]) -> bool:
    path, _, flags = arguments
    return path != os.devnull and isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
