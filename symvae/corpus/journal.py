"""Journal of a preparation: what each file gave, so that a second run resumes where the first was killed.

One line of JSON a file, appended as soon as the file is read: its path with size and modification time and
how it was read, then its tunes and drops. A file that has changed, or is to be read in another way, is read
again. A line that was cut off when the run was killed is ignored. The journal is kept beside the shard
folder that is being made, and deleted when all files are read. In memory is only where each line begins.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from symvae.corpus.tune import Tune
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason

_COLUMNS = ("onset_step", "duration_step", "pitch", "velocity")


def journal_beside(out: Path | str) -> Path:
    """Path of the journal of the shard folder ``out``."""
    out = Path(out)
    return out.with_name(f".{out.name}.journal")


class Journal:
    """Tunes and drops by file.

    Args:
        path: The journal's file; None keeps nothing.
        reading: The choices that files are read with. What was read with other choices is not used.
    """

    def __init__(self, path: Path | None, reading: str = "") -> None:
        self._path = path
        self._reading = reading
        self._line_start: dict[str, int] = {}
        if path is not None and path.is_file():
            end = 0
            with path.open("rb") as journal:
                for line in journal:
                    if not line.endswith(b"\n"):
                        break
                    if (entry := _parsed(line)) is not None:
                        self._line_start[entry["file"]] = end
                    end += len(line)
            if end < path.stat().st_size:
                with path.open("rb+") as journal:
                    journal.truncate(end)

    def get(self, file: Path, name: str) -> list[Tune | Dropped] | None:
        """Look up what an earlier run found in ``file``, read as ``name``; None if it did not read it."""
        start = self._line_start.get(self._key(file, name))
        if start is None or self._path is None:
            return None
        with self._path.open("rb") as journal:
            journal.seek(start)
            return [_item(row) for row in json.loads(journal.readline())["items"]]

    def add(self, file: Path, name: str, items: list[Tune | Dropped]) -> None:
        """Append what a file gave, on disk at once.

        Args:
            file: The file.
            name: Name under which it was read.
            items: Its tunes and drops.
        """
        if self._path is None:
            return
        line = json.dumps({"file": self._key(file, name), "items": [_row(item) for item in items]})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as journal:
            journal.write(line + "\n")

    def _key(self, file: Path, name: str) -> str:
        status = file.stat()
        return f"{name}|{file.resolve()}|{status.st_size}|{status.st_mtime_ns}|{self._reading}"


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _row(item: Tune | Dropped) -> dict[str, Any]:
    if isinstance(item, Dropped):
        return {"what": item.what, "reason": str(item.reason), "detail": item.detail, "count": item.count}
    phrase = item.phrase
    notes = {column: getattr(phrase, column).tolist() for column in _COLUMNS}
    place = {"metre": phrase.grid.metre, "bars": phrase.grid.bars, "tempo_qpm": phrase.tempo_qpm}
    return {"name": item.name, "collection": item.collection, "title": item.title, **place, **notes}


def _item(row: dict[str, Any]) -> Tune | Dropped:
    if "what" in row:
        return Dropped(row["what"], Reason(row["reason"]), row["detail"], row["count"])
    grid = Grid.of_metre(row["metre"], row["bars"])
    notes = {column: np.array(row[column], np.int64) for column in _COLUMNS}
    phrase = Phrase(grid, **notes, tempo_qpm=row["tempo_qpm"])
    return Tune(row["name"], row["collection"], row["title"], phrase)
