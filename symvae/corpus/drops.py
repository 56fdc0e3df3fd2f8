"""Log of everything that a preparation leaves out: dropped.csv, and its totals for the card."""

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from symvae.corpus.cluster import work_name
from symvae.music.reason import Dropped


class DropLog:
    """Write drops to a CSV file as they come, keeping only totals in memory.

    Args:
        path: The file, dropped.csv; its columns are what, reason, count, detail.
    """

    def __init__(self, path: Path) -> None:
        # A file may have a name that is no text.
        self._file = path.open("w", newline="", encoding="utf-8", errors="backslashreplace")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(("what", "reason", "count", "detail"))
        self._totals: Counter[str] = Counter()
        self.works: set[str] = set()
        """Works of which something was left out."""
        self.first: Dropped | None = None
        """The first drop that has a detail."""

    def __enter__(self) -> "DropLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, items: Iterable[Dropped]) -> None:
        """Write ``items`` and count them."""
        for item in items:
            self._writer.writerow((item.what, str(item.reason), item.count, item.detail))
            self._totals[str(item.reason)] += item.count
            self.works.add(work_name(item.what))
            if self.first is None and item.detail:
                self.first = item

    @property
    def reasons(self) -> dict[str, int]:
        """Total count of each drop reason: bars, parts, works or notes, as in the rows."""
        return dict(sorted(self._totals.items()))
