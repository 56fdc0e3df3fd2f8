"""Sessions of open pages: a bounded number, of which the one that was used longest ago goes first."""

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from symvae.studio.reply import RefusedError

#: Pages that play at the same time.
MOST = 16

Kept = TypeVar("Kept")


class Opened(NamedTuple):
    """A new session."""

    name: str
    ended: int
    """Number of older sessions that made room for it."""


class Sessions(Generic[Kept]):
    """Values by the name of their session; used from any thread.

    Args:
        most: Largest number of sessions.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def open(self, value: Kept) -> Opened:
        """Keep a value under a name that cannot be guessed."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[name] = value
            ended = len(self._kept) - self.most
            for _ in range(ended):
                self._kept.popitem(last=False)
        return Opened(name, max(ended, 0))

    def get(self, name: str) -> Kept:
        """Look up the value of a session; status 410 where it has ended or never was."""
        with self._lock:
            if name not in self._kept:
                raise RefusedError(
                    410,
                    f"The session of this page has ended, since the studio keeps the last {self.most}. "
                    "Start again; what was played in it is gone.",
                )
            self._kept.move_to_end(name)
            return self._kept[name]
