"""Packed scores: archives of MusicXML with wild names, methods and numbers, and damaged bytes."""

import io
import re
import struct
import zipfile

import numpy as np

from benchmarks.fuzzing import musicxml
from benchmarks.fuzzing.damage import NUMBERS, TEXTS, damaged, pick, undated
from symvae.music.io.score_read import load_score_bytes

_CONTAINER = "META-INF/container.xml"
_NAMES = ("score.xml", "score.musicxml", "a/b/score.xml")
_OTHER_NAMES = (
    "score.txt",
    "../score.xml",
    "/score.xml",
    "META-INF/score.xml",
    "Ä.xml",
    "a" * 999 + ".xml",
)
_PATHS = ("none.xml", "../score.xml", "/etc/hostname", "score.xml/", _CONTAINER, *TEXTS)
_METHODS = (*[zipfile.ZIP_DEFLATED] * 12, *[zipfile.ZIP_STORED] * 4, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_ENTITIES = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
#: Records of an archive: an entry, its row in the directory, and the end of the directory; lengths in bytes.
_RECORDS = ((b"PK\3\4", 30), (b"PK\1\2", 46), (b"PK\5\6", 22))


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a packed score.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        name = pick(rng, _NAMES if rng.random() < 0.9 else _OTHER_NAMES)
        if rng.random() < 0.8:
            path = name if rng.random() < 0.9 else pick(rng, _PATHS)
            _add(archive, _CONTAINER, _container(rng, path), rng)
        score = musicxml.mutated(rng)
        if rng.random() < 0.03:
            score += b" " * pick(rng, (10**6, 10**7, 2 * 10**7))
        for _ in range(pick(rng, (1, 1, 1, 1, 2))):
            _add(archive, name, score, rng)
        for number in range(pick(rng, (0, 0, 0, 0, 1, 5, 1_000))):
            archive.writestr(undated(f"{number}.xml"), b"")
    data = file.getvalue()
    for _ in range(pick(rng, (0, 0, 0, 0, 1, 2))):
        data = _with_wild_number(data, rng)
    return damaged(data, rng) if rng.random() < 0.1 else data


def check(data: bytes) -> None:
    """Read a packed score.

    Args:
        data: Content of an .mxl file.
    """
    load_score_bytes(data, ".mxl", "fuzz.mxl")


def _add(archive: zipfile.ZipFile, name: str, content: bytes, rng: np.random.Generator) -> None:
    archive.NameToInfo.pop(name, None)  # a second one of a name is no warning
    archive.writestr(undated(name, pick(rng, _METHODS)), content)


def _container(rng: np.random.Generator, path: str) -> bytes:
    root = f'<rootfile full-path="{path}"/>' * pick(rng, (1, 1, 1, 1, 0, 2, 3_000))
    text = f"<container><rootfiles>{root}</rootfiles></container>".encode("utf-8", "replace")
    if rng.random() < 0.05:
        return _ENTITIES + text.replace(b"</rootfiles>", b"&b;</rootfiles>")
    return damaged(text, rng) if rng.random() < 0.05 else text


def _with_wild_number(data: bytes, rng: np.random.Generator) -> bytes:
    """Replace two or four bytes of a record's head."""
    signature, length = pick(rng, _RECORDS)
    found = (match.start() for match in re.finditer(re.escape(signature), data))
    starts = [at for at in found if at <= len(data) - length]
    if not starts:
        return data
    at = pick(rng, starts) + 4 + 2 * int(rng.integers((length - 6) // 2))
    kind = pick(rng, ("<H", "<I"))
    wild = struct.pack(kind, pick(rng, NUMBERS) % 2 ** (8 * struct.calcsize(kind)))
    return data[:at] + wild + data[at + len(wild) :]
