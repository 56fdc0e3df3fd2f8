"""Apply a function to many items in processes that they cannot harm: a bad item costs itself alone.

An item that ends its process, or for which memory runs out, is tried once more in a fresh process before it
is given up, unless it was the first in its process. So no item pays for the one before it, and the outcome
of each depends neither on the number of processes nor on the order in which they work.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from symvae.corpus.guard.failure import Failure
from symvae.corpus.guard.limits import DEFAULT_LIMITS, FileLimits
from symvae.corpus.guard.process import ProcessEndedError, ReadingProcess
from symvae.music.reason import Reason

Item = TypeVar("Item")
Value = TypeVar("Value")

#: Items that a process takes at a time, so that it need not wait for its parent.
BATCH_ITEMS = 8


def guarded(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    *,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
    preload: Sequence[str] = (),
) -> Iterator[tuple[int, Value | Failure]]:
    """Apply a function to items, each under limits, in processes that end with it if they must.

    Args:
        function: Function of one item. It is sent to the processes by its name, so it is no lambda.
        items: The items, which can be pickled.
        workers: Number of processes.
        limits: The most that one item may take.
        preload: Modules to import before the first item, so that no item is charged for them.

    Yields:
        Number of an item and its value or failure, as soon as it is known.

    Raises:
        CorpusError: The processes cannot be started.
    """
    size = max(1, min(BATCH_ITEMS, len(items) // (4 * max(workers, 1))))
    batches = deque(range(start, min(start + size, len(items))) for start in range(0, len(items), size))
    outcomes: SimpleQueue[tuple[int, Any] | BaseException] = SimpleQueue()
    crew = [
        _Worker(function, items, batches, outcomes, limits, preload)
        for _ in range(min(max(workers, 1), len(batches)))
    ]
    try:
        for worker in crew:
            worker.thread.start()
        for _ in items:
            outcome = outcomes.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome
    finally:
        for worker in crew:
            worker.stop()
        for worker in crew:
            worker.thread.join()


def guarded_in_order(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    *,
    workers: int = 2,
    limits: FileLimits = DEFAULT_LIMITS,
    preload: Sequence[str] = (),
) -> Iterator[Value | Failure]:
    """Apply a function to items as `guarded` does, and yield the outcomes in the order of the items.

    Args:
        function: Function of one item.
        items: The items.
        workers: Number of processes.
        limits: The most that one item may take.
        preload: Modules to import before the first item.

    Yields:
        The value or failure of each item.
    """
    waiting: dict[int, Value | Failure] = {}
    turn = 0
    for number, outcome in guarded(function, items, workers=workers, limits=limits, preload=preload):
        waiting[number] = outcome
        while turn in waiting:
            yield waiting.pop(turn)
            turn += 1


class _Worker:
    """A thread that keeps one process at work, and starts another where it ends."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        items: Sequence[Any],
        batches: deque[range],
        outcomes: SimpleQueue[tuple[int, Any] | BaseException],
        limits: FileLimits,
        preload: Sequence[str],
    ) -> None:
        self._function, self._limits, self._preload = function, limits, preload
        self._items, self._batches, self._outcomes = items, batches, outcomes
        self._process: ReadingProcess | None = None
        self._stopped = False
        self._lock = Lock()
        self.thread = Thread(target=self._work, name="reading", daemon=True)

    def stop(self) -> None:
        """End the process; the thread follows."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _work(self) -> None:
        try:
            while numbers := self._next_batch():
                self._batch(numbers)
        except BaseException as error:
            self._outcomes.put(error)
        finally:
            self._close()

    def _next_batch(self) -> range | None:
        try:
            return self._batches.popleft()
        except IndexError:
            return None

    def _batch(self, numbers: range) -> None:
        """Work on a batch to its end, in as many processes as it takes."""
        while numbers and (process := self._running()) is not None:
            try:
                for outcome in process.outcomes([self._items[number] for number in numbers]):
                    self._outcomes.put((numbers[0], outcome))
                    numbers = numbers[1:]
            except ProcessEndedError as end:
                self._close()
                if process.num_done == 0 or end.failure.reason is Reason.TOOK_TOO_LONG:
                    self._outcomes.put((numbers[0], end.failure))
                    numbers = numbers[1:]

    def _running(self) -> ReadingProcess | None:
        """The process, started where there is none; None after `stop`."""
        with self._lock:
            if self._stopped:
                return None
            if self._process is None:
                self._process = ReadingProcess(self._function, self._limits, self._preload)
            return self._process

    def _close(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()
