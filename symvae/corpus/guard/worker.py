"""The reading process: applies a function to the items that its parent sends, each under limits.

It is started by `symvae.corpus.guard.process` and imports neither torch nor the program of its parent. The
kernel enforces the limits, so they also hold where a library hangs or allocates without returning to Python:

    time    a timer of processor time ends the process (SIGPROF)
    wait    a timer of the clock ends it much later, for a reader that waits (SIGALRM)
    memory  allocations beyond the limit fail, which Python reports as MemoryError

Messages are pickles, each after its length in eight bytes. They come from the parent and go to it alone.
"""

import contextlib
import importlib
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path
from typing import IO, Any

from symvae.corpus.guard.failure import from_error, from_memory
from symvae.corpus.guard.limits import FileLimits


class Kind(IntEnum):
    """Kind of a message from the reading process."""

    READY = 0
    """The process has started."""
    VALUE = 1
    """The function's value for an item."""
    FAILURE = 2
    """A `Failure` instead of a value; the process goes on."""
    LAST = 3
    """A `Failure`, after which the process ends: it may be harmed."""


def main() -> None:
    """Serve the parent until it closes the pipe."""
    incoming, outgoing = _pipes()
    with contextlib.suppress(EOFError, BrokenPipeError):
        _serve(incoming, outgoing)
    os._exit(0)


def _serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    function, limits, preload = receive(incoming)
    for module in preload:
        importlib.import_module(module)
    _end_at_timers()
    _limit_memory(limits)
    send(outgoing, (Kind.READY, None))
    # Libraries complain to standard error about files that are reported anyway.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    out_of_memory = _framed((Kind.LAST, from_memory(limits)))  # while there is memory to say so
    while True:
        for item in receive(incoming):
            message = _outcome(function, item, limits)
            outgoing.write(message or out_of_memory)
            outgoing.flush()
            if message is None:
                return


def send(pipe: IO[bytes], value: Any) -> None:
    """Write a message."""
    pipe.write(_framed(value))
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read a message.

    Raises:
        EOFError: The other end is closed.
    """
    length = pipe.read(8)
    if len(length) < 8:
        raise EOFError
    message = pipe.read(int.from_bytes(length, "little"))
    if len(message) < int.from_bytes(length, "little"):
        raise EOFError
    return pickle.loads(message)


def _framed(value: Any) -> bytes:
    message = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(message).to_bytes(8, "little") + message


def _outcome(function: Callable[[Any], Any], item: Any, limits: FileLimits) -> bytes | None:
    """Message about one item, whatever the function raises; None if memory has run out."""
    try:
        with _timers(limits):
            return _framed((Kind.VALUE, function(item)))
    except MemoryError:
        return None
    except BaseException as error:
        return _framed((Kind.FAILURE, from_error(error)))


@contextlib.contextmanager
def _timers(limits: FileLimits) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, limits.seconds)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds * limits.waiting_factor)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes from and to the parent, moved away from standard input and output: a reader may print."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return incoming, outgoing


def _end_at_timers() -> None:
    """Let the timers end the process; a parent may have ignored or blocked their signals."""
    for name in ("SIGPROF", "SIGALRM", "SIGXCPU"):
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})


def _limit_memory(limits: FileLimits) -> None:
    """Bound the private memory of the process, and leave no core file of a crash."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = Path("/proc/self/status")
    if sys.platform == "linux" and status.is_file():
        sizes = dict(line.split(":", 1) for line in status.read_text().splitlines())
        used = int(sizes["VmData"].split()[0]) * 1024
        most = used + limits.memory_mib * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
