"""Ctrl-C and termination: one sentence that says what remains, no traceback, and the status of the signal.

    130  Ctrl-C (SIGINT)
    143  termination (SIGTERM)

The first signal ends the work at the next instruction, as an exception that removes unfinished files on its
way; a second one ends the process at once. A verb that can be resumed says how in a note of the exception
(`add_note`).
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEPT = (
    "Finished files stay, unfinished ones are removed; the same command starts over "
    "(with --force where files exist)."
)


class Stopped(KeyboardInterrupt):
    """A signal that asks to stop; a KeyboardInterrupt, which libraries know to let pass."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


#: The signal that has asked to stop, once one has.
_received: list[Stopped] = []


def stop(number: int, frame: Any = None) -> None:
    """Handle a signal: stop, and let the next one end the process at once."""
    signal.signal(number, signal.SIG_DFL)
    _received.append(Stopped(number))
    raise _received[-1]


def status_of(stopped: KeyboardInterrupt) -> int:
    """Exit status of the signal behind an exception."""
    return 128 + (stopped.number if isinstance(stopped, Stopped) else signal.SIGINT)


def sentence_of(stopped: KeyboardInterrupt) -> str:
    """The sentence for the user: the note of the verb, if it has one."""
    return f"Stopped. {getattr(stopped, '__notes__', [KEPT])[0]}"


@contextmanager
def stoppable() -> Iterator[None]:
    """Stop at Ctrl-C and termination while the block runs, also where a library hides the exception."""
    _received.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    except SystemExit as end:
        if _received and end.code:
            raise SystemExit(status_of(_received[0])) from None
        raise
    except BaseException:
        if not _received:
            raise
        sys.stderr.write(f"symvae: {sentence_of(_received[0])}\n")
        raise SystemExit(status_of(_received[0])) from None
