"""Journal of a preparation: what each file gave, so that a second run resumes where the first was killed.

One line a file, written as soon as the file is read: a checksum of the line, a hash of the file's key, and
its encoded tunes and drops as JSON. The key names the file with its size and modification time and the
choices that it was read with, so a file that has changed, or is to be read in another way, is read again. A
line that is damaged, or was cut off when the run was killed, is ignored. The journal is kept beside the shard
folder that is being made, and deleted when that is done. In memory is only where each line begins.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from symvae.corpus.encoded import Encoded
from symvae.corpus.tune import TuneEntry
from symvae.music.reason import Dropped, Reason
from symvae.music.timing import Timing

#: Version of the lines.
VERSION = 5


def journal_beside(out: Path | str) -> Path:
    """Path of the journal of the shard folder ``out``."""
    out = Path(out)
    return out.with_name(f".{out.name}.journal")


class Journal:
    """Encoded tunes and drops by file.

    Args:
        path: The journal's file; it is made with the first line.
        choices: The choices that hold for all files, such as the tokenizer.
    """

    def __init__(self, path: Path, choices: str = "") -> None:
        self._path = path
        self._choices = choices
        self._file: BinaryIO | None = None
        self._end = 0
        self._line_start: dict[bytes, int] = {}
        if path.is_file():
            self._open()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def __contains__(self, key: str) -> bool:
        return self._digest(key) in self._line_start

    def items(self, key: str) -> Iterator[Encoded | Dropped]:
        """Read what the file of ``key`` gave."""
        file = self._open()
        file.seek(self._line_start[self._digest(key)])
        for row in json.loads(file.readline()[42:]):
            yield _item(row)

    def add(self, key: str, items: Sequence[Encoded | Dropped]) -> None:
        """Append what a file gave, on disk at once.

        Args:
            key: The file, with all that its reading depends on.
            items: Its tunes and drops.
        """
        file = self._open()
        digest = self._digest(key)
        rest = digest + b" " + json.dumps([_row(item) for item in items]).encode() + b"\n"
        line = b"%08x " % zlib.crc32(rest) + rest
        file.seek(self._end)
        file.write(line)
        file.flush()
        self._line_start[digest] = self._end
        self._end += len(line)

    def delete(self) -> None:
        """Remove the journal: its shards are made."""
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> BinaryIO:
        """The open file; whole lines of an earlier run are found, and a rest without an end is cut off."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
            self._file = self._path.open("rb+")
            for line in self._file:
                if not line.endswith(b"\n"):
                    break
                if line[:9] == b"%08x " % zlib.crc32(line[9:]):
                    self._line_start[line[9:41]] = self._end
                self._end += len(line)
            self._file.truncate(self._end)
        return self._file

    def _digest(self, key: str) -> bytes:
        text = f"{VERSION}|{self._choices}|{key}".encode("utf-8", "surrogatepass")
        return blake2b(text, digest_size=16).hexdigest().encode()


def _row(item: Encoded | Dropped) -> list[Any]:
    if isinstance(item, Dropped):
        return [item.what, str(item.reason), item.detail, item.count]
    ids, keys = (b64encode(column.tobytes()).decode() for column in (item.ids, item.keys))
    timing = item.timing.data() if item.timing else None
    return [[*item.entry], item.ids.shape[1], item.ids.dtype.str, ids, keys, item.thinned, timing]


def _item(row: list[Any]) -> Encoded | Dropped:
    if len(row) == 4:
        what, reason, detail, count = row
        return Dropped(what, Reason(reason), detail, count)
    entry, positions, kind, ids, keys, thinned, timing = row
    return Encoded(
        TuneEntry(*entry),
        np.frombuffer(b64decode(ids), kind).reshape(-1, positions),
        np.frombuffer(b64decode(keys), np.uint64),
        thinned,
        Timing.from_data(timing) if timing else None,
    )
