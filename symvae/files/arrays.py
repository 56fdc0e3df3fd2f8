"""Arrays of numpy from strangers: sizes are read from the headers before anything is unpacked.

A file of a few bytes may declare an array of terabytes, or unpack to a thousand times its size. Read are
arrays of numbers and of texts; nothing is unpickled.
"""

import math
import os
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from symvae.errors import SymvaeError
from symvae.files.limit import MIB
from symvae.files.limits import ARRAYS, ARRAYS_MIB

#: Raised by numpy and zipfile for a file that is empty, cut off, damaged, encrypted or of another kind.
UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,  # of headers that numpy takes for those of Python 2
)
_KINDS = "fiubU"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_arrays(
    path: str | os.PathLike[str], names: Sequence[str], error: type[SymvaeError], remedy: str
) -> dict[str, np.ndarray]:
    """Read arrays of an .npz file by their names; others in it are not read.

    Args:
        path: The file.
        names: Names of the arrays.
        error: Class of the error.
        remedy: Last sentence of the error for a damaged file.

    Returns:
        Those arrays that the file holds, by name.

    Raises:
        SymvaeError: The file is missing or damaged, exceeds a limit, or an array holds objects.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise error(f"{path} is not an .npz file of arrays. {remedy}")
    try:
        with path.open("rb") as opened, zipfile.ZipFile(opened) as archive:
            members = {member.filename: member for member in archive.infolist()}
            ARRAYS.check(len(archive.infolist()), path, error=error)
            wanted = [members[f"{name}.npy"] for name in names if f"{name}.npy" in members]
            ARRAYS_MIB.check(sum(member.file_size for member in wanted) / MIB, path, error=error)
            return {
                member.filename.removesuffix(".npy"): _read(archive, member, path, error) for member in wanted
            }
    except FileNotFoundError as fault:
        raise error(f"There is no file {path}. {remedy}") from fault
    except UNREADABLE as fault:
        raise error(f"{path} is not an .npz file of arrays. {remedy}") from fault


def _read(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, error: type[SymvaeError]
) -> np.ndarray:
    if member.compress_type not in _METHODS:
        raise ValueError("a way of packing that numpy does not write")
    with archive.open(member) as file:
        assert isinstance(file, zipfile.ZipExtFile)
        shape, dtype = _header(file)
        size = math.prod(shape) * max(dtype.itemsize, 1)
        ARRAYS_MIB.check(size / MIB, path, error=error)
        if dtype.kind not in _KINDS or size > member.file_size:
            raise ValueError("an array that is no table of numbers, or is cut off")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _header(file: zipfile.ZipExtFile) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file)
    else:
        raise ValueError("a version of the format that numpy writes for records only")
    if min(shape, default=0) < 0:
        raise ValueError("a negative size")
    return shape, dtype
