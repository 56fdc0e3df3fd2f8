"""Files of latents: archives of numpy with wild shapes, types, sizes and numbers."""

import io
import zipfile

import numpy as np

from benchmarks.fuzzing.damage import FLOATS, NUMBERS, damaged, files, pick, undated
from symvae.pipelines.latent_file import read_latents

_TYPES = (
    "<f4",
    "<f8",
    ">f4",
    "<f2",
    "<i8",
    "|u1",
    "|b1",
    "<c16",
    "|O",
    "<U4",
    "<U1000000000",
    "|V8",
    "<M8[s]",
    "x",
)
_METHODS = (*[zipfile.ZIP_STORED] * 5, *[zipfile.ZIP_DEFLATED] * 3, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a file of latents.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    file = io.BytesIO()
    windows = pick(rng, (0, 1, 3, 50))
    method = pick(rng, _METHODS)
    with zipfile.ZipFile(file, "w") as archive:
        for name, usual in (
            ("mean", rng.standard_normal((windows, 16)).astype(np.float32)),
            ("tempo_qpm", np.full(windows, 120.0, np.float32)),
            ("model", np.array("melody-2bar")),
        ):
            if rng.random() < 0.95:
                name = name if rng.random() < 0.97 else f"{name}2"
                archive.writestr(undated(f"{name}.npy", method), _array(rng, usual))
        for _ in range(pick(rng, (0, 0, 0, 1, 100))):
            archive.writestr(undated(f"{rng.integers(10**9)}.npy"), b"")
    data = file.getvalue()
    return damaged(data, rng) if rng.random() < 0.3 else data


def check(data: bytes) -> None:
    """Read a file of latents.

    Args:
        data: Content of an .npz file.
    """
    with files(latents_npz=data) as folder:
        read_latents(folder / "latents.npz")


def _array(rng: np.random.Generator, usual: np.ndarray) -> bytes:
    """One member: its header, in which a field may be wild, and its content."""
    draw = rng.random()
    if draw < 0.1 and usual.size:
        usual = usual.astype(float) if usual.dtype.kind == "f" else np.array("a" * 300)
        usual.flat[-1] = pick(rng, FLOATS) if usual.dtype.kind == "f" else "\0\n\x1b"
    elif draw < 0.15:
        usual = np.zeros((pick(rng, (1, 1_000, 300_000)), 16), np.float32)
    file = io.BytesIO()
    np.save(file, usual)
    if draw < 0.8:
        return file.getvalue()
    shape = usual.shape if rng.random() < 0.5 else tuple(pick(rng, NUMBERS) for _ in range(rng.integers(4)))
    kind = usual.dtype.str if rng.random() < 0.5 else pick(rng, _TYPES)
    order = pick(rng, ("False", "False", "True", "1", "'x'"))
    head = f"{{'descr': {kind!r}, 'fortran_order': {order}, 'shape': {shape!r}, }}"
    if rng.random() < 0.1:
        head = pick(rng, ("(" * 5_000, "{}", "[" * 90 + "]" * 90, head * 200, "{'shape': 1}", "1" * 9_000))
    version = pick(rng, ((1, 0), (1, 0), (2, 0), (3, 0), (9, 9)))
    text = head.encode() + b"\n"
    length = len(text) if rng.random() < 0.9 else pick(rng, NUMBERS) % 2**16
    size = length.to_bytes(2 if version == (1, 0) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + size + text + usual.tobytes()
