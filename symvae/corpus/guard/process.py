"""A reading process as its parent sees it: items in, outcomes out, and the reason if it ends."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symvae.corpus.guard.failure import Failure, from_exit
from symvae.corpus.guard.limits import FileLimits
from symvae.corpus.guard.worker import Kind, receive, send
from symvae.errors import CorpusError

#: The program of a reading process: the modules of its parent and nothing of the folder that it runs in.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from symvae.corpus.guard.worker import main; main()"
)
#: One thread each, and one order of sets, so that the same file always gives the same music.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


class ProcessEndedError(Exception):
    """The reading process has ended, and the item it worked on has no value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


class ReadingProcess:
    """A running process; it ends with `close`.

    Args:
        function: Function of one item, importable by its name.
        limits: The most that one item may take.
        preload: Modules to import before the first item, so that no item is charged for them.

    Raises:
        CorpusError: It cannot be started.
    """

    def __init__(
        self, function: Callable[[Any], Any], limits: FileLimits, preload: Sequence[str] = ()
    ) -> None:
        self._limits = limits
        self.num_done = 0
        """Items that it has finished."""
        path = [each or os.getcwd() for each in sys.path]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, json.dumps(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | _ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for the parent
            )
        except OSError as error:
            raise CorpusError(
                f"No process for reading can be started ({error.strerror}). Close other programs."
            ) from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        try:
            send(self._to, (function, limits, tuple(preload)))
            receive(self._from)
        except (EOFError, OSError):
            self.close()
            raise CorpusError(
                "A process for reading ended at its start; the lines above have the reason. "
                "Install symvae again."
            ) from None
        except BaseException:  # a function that cannot be sent
            self.close()
            raise

    def outcomes(self, items: Sequence[Any]) -> Iterator[Any]:
        """Work on items, in order.

        Args:
            items: The items.

        Yields:
            The value of each item, or its `Failure`.

        Raises:
            ProcessEndedError: The process ended at the item after the last outcome.
        """
        try:
            send(self._to, items)
            for _ in items:
                kind, value = receive(self._from)
                if kind is Kind.LAST:
                    raise ProcessEndedError(value)
                self.num_done += 1
                yield value
        except (EOFError, OSError):
            raise ProcessEndedError(from_exit(self._process.wait(), self._limits)) from None

    def kill(self) -> None:
        """End the process now, whatever it does: `outcomes` raises where it waits."""
        self._process.kill()

    def close(self) -> None:
        """End the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):  # a message that was not sent
                pipe.close()
