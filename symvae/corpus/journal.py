"""What has been read of a folder so far, so that a second run goes on where the first was killed.

One line of JSON a file, appended as soon as the file is read: its path with size and time of last
change and how it was read, then its tunes and reasons. A file that has changed, or is to be read in
another way, is read again. A line that was cut off when the run was killed is ignored. The journal
stands beside the shard folder that is being made, and goes when all files are read.
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
    """The journal of the shard folder ``out``."""
    out = Path(out)
    return out.with_name(f".{out.name}.journal")


class Journal:
    """Results by file and ``reading``, the choices that it is read with; ``path`` None keeps nothing."""

    def __init__(self, path: Path | None, reading: str = "") -> None:
        self._path = path
        self._reading = reading
        self._known: dict[str, list[Tune | Dropped]] = {}
        if path is not None and path.is_file():
            whole, _, torn = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")
            for line in whole.splitlines():
                entry = _parsed(line)
                if entry is not None:
                    self._known[entry["file"]] = [_item(row) for row in entry["items"]]
            if torn:
                path.write_text(whole + "\n" if whole else "", encoding="utf-8")

    def get(self, file: Path, name: str) -> list[Tune | Dropped] | None:
        """What an earlier run found in ``file`` when it read it as ``name``."""
        return self._known.get(self._key(file, name))

    def add(self, file: Path, name: str, items: list[Tune | Dropped]) -> None:
        """Keep what was found, on disk at once."""
        if self._path is None:
            return
        line = json.dumps({"file": self._key(file, name), "items": [_row(item) for item in items]})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as journal:
            journal.write(line + "\n")

    def _key(self, file: Path, name: str) -> str:
        status = file.stat()
        return f"{name}|{file.resolve()}|{status.st_size}|{status.st_mtime_ns}|{self._reading}"


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
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
