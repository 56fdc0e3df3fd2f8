"""Bytes and text of a file up to a limit. Devices and pipes, which may never end, are refused."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from symvae.errors import SymvaeError
from symvae.files.limit import BYTES, Limit


def read_bytes(path: str | os.PathLike[str], limit: Limit, error: type[SymvaeError]) -> bytes:
    """Read a file, and stop where it exceeds a limit.

    Args:
        path: The file.
        limit: Its largest size.
        error: Class of the error.

    Returns:
        The content.

    Raises:
        SymvaeError: There is no such file, it cannot be read, or it is too large.
    """
    with opened(path, limit, error) as file:
        content = file.read(limit.most * BYTES[limit.unit] + 1)
    limit.check(len(content) / BYTES[limit.unit], path, error=error)
    return content


@contextmanager
def opened(path: str | os.PathLike[str], limit: Limit, error: type[SymvaeError]) -> Iterator[BinaryIO]:
    """Open a file of bounded size.

    Args:
        path: The file.
        limit: Its largest size.
        error: Class of the error.

    Yields:
        The file, open for reading bytes.

    Raises:
        SymvaeError: There is no such file, it cannot be read, or it is too large.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise error(f"{path} is a folder, a device or a pipe. Give a file.")
        with path.open("rb") as file:
            limit.check(os.fstat(file.fileno()).st_size / BYTES[limit.unit], path, error=error)
            yield file
    except FileNotFoundError as fault:
        raise error(f"There is no file {path}. Check its name.") from fault
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise error(f"{path} cannot be read: {reason}. Check its name and its permissions.") from fault


def read_text(path: str | os.PathLike[str], limit: Limit, error: type[SymvaeError]) -> str:
    """Read a text in UTF-8, with or without a byte-order mark.

    Args:
        path: The file.
        limit: Its largest size.
        error: Class of the error.

    Returns:
        The text.

    Raises:
        SymvaeError: As `read_bytes`, or the text is in another encoding.
    """
    try:
        return read_bytes(path, limit, error).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(f"{path} is not text in UTF-8. Save it in that encoding.") from fault
