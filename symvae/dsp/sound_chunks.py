"""The sound of a file without the chunks that describe it, as an open file for libsndfile.

A WAV file is a list of chunks, each with a name and a size. The sound is in four kinds of them; others hold
titles, marks and pictures, and libsndfile 1.2.2 does not return from some: a size near 2³² inside of a
chunk LIST leads it back to where it was. It is given the four kinds alone. Of other formats, only tags
before the sound are left out, because a WAV file may follow them.
"""

import io
import os
from typing import Any, Literal

from symvae.dsp.limits import CHUNKS

#: Kinds of WAV files, with the order of the bytes in a number.
_KINDS: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"RF64": "little", b"RIFX": "big"}
#: Chunks before the samples that are needed to decode them.
_FORMAT = (b"ds64", b"fmt ", b"fact")
#: Bytes of the largest of these.
_LARGEST = 1024
#: Size of a WAV file that was never closed; libsndfile then reads all that follows as samples.
_UNCLOSED = 8


class SoundChunks(io.RawIOBase):
    """File of sound alone: some bytes, and a section of an open file after them.

    Args:
        file: Sound file, open for reading bytes.
        where: Name of the file in messages.

    Raises:
        AudioError: There are more chunks than are read.
    """

    def __init__(self, file: io.BufferedIOBase, where: object) -> None:
        super().__init__()
        self._file = file
        end = file.seek(0, os.SEEK_END)
        self._start = _after_tags(file, where)
        file.seek(self._start)
        self._head = file.read(12)
        self._start += len(self._head)
        if self._head[:4] in _KINDS and self._head[8:] == b"WAVE":
            end = self._find_samples(end, where)
        self._size = len(self._head) + max(0, end - self._start)
        self._at = 0

    def _find_samples(self, end: int, where: object) -> int:
        """Append the chunks before the samples to the head, and return where the samples end."""
        order = _KINDS[self._head[:4]]
        riff_size, size_64 = int.from_bytes(self._head[4:8], order), 0
        for count in range(CHUNKS.most + 2):
            CHUNKS.check(count, where)
            self._file.seek(self._start)
            header = self._file.read(8)
            name, size = header[:4], int.from_bytes(header[4:], order)
            self._start += len(header)
            if name == b"data" or len(header) < 8:
                self._head += header
                break
            if name in _FORMAT and size <= _LARGEST:
                content = self._file.read(size + size % 2)
                self._head += header + content
                if name == b"ds64":
                    size_64 = int.from_bytes(content[8:16], order)
            self._start += size + size % 2
        if size == 2**32 - 1 and size_64:
            size = size_64
        elif size == 0 and riff_size == _UNCLOSED:
            return end
        return min(end, self._start + size + size % 2)

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position, or to the nearest one: libsndfile also seeks to places before the start."""
        self._at = min(max(0, (0, self._at, self._size)[whence] + offset), self._size)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, the last one in part; return the number of bytes."""
        count = min(len(buffer), self._size - self._at)
        data = self._head[self._at :][:count]
        self._file.seek(self._start + max(0, self._at - len(self._head)))
        data += self._file.read(count - len(data))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _after_tags(file: io.BufferedIOBase, where: object) -> int:
    """Position after the tags ID3v2 at the start of a file."""
    at = 0
    for count in range(CHUNKS.most + 2):
        CHUNKS.check(count, where)
        file.seek(at)
        tag = file.read(10)
        if tag[:3] != b"ID3" or len(tag) < 10:
            break
        at += 10 + sum((byte & 127) << 7 * place for place, byte in enumerate(reversed(tag[6:])))
    return at
