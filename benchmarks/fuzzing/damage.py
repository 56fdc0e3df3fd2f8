"""Random damage to bytes and to values: what all formats share."""

import contextlib
import functools
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

#: Numbers at and beside the bounds of integer types, and beyond them.
NUMBERS = (
    *(0, 1, 2, 3, 7, 100, 127, 128, 255, 256, 4_000, 44_100, 65_535, 65_536, 10**6, 10**9, 10**15, 10**30),
    *(2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64, -1, -2, -128, -(2**31), -(2**63)),
)
#: Numbers as JSON and TOML write them.
FLOATS = (0.0, -0.0, 0.5, 1e-320, 1e-30, 1e30, 1e308, -1e308, float("inf"), float("-inf"), float("nan"))
TEXTS = (
    *("", " ", "a", "0", "-1", "1e999", "nan", "None", "\0", "\n", "\r\n", '"', "'", "\\", ",", "../../x"),
    *("/dev/zero", "..", "é", "\u2028", "\x1b[31m", "\ufeff", "𝄞", "９", "a" * 10_001, "9" * 5_000),
)


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """Draw one of several things."""
    return choices[int(rng.integers(len(choices)))]


def damaged(data: bytes, rng: np.random.Generator, head: int = 64) -> bytes:
    """Cut bytes off, or flip, replace, insert, delete or repeat some, half of the time in the first ``head``.

    Args:
        data: The whole bytes.
        rng: Source of the draws.
        head: Length of the beginning, where headers are.

    Returns:
        The damaged bytes.
    """
    result = bytearray(data)
    kind = pick(rng, ("cut", "flip", "replace", "insert", "delete", "repeat"))
    if kind == "cut":
        return bytes(result[: int(rng.integers(len(result) + 1))])
    for _ in range(pick(rng, (1, 1, 1, 2, 4, 16))):
        if not result:
            break
        at = int(rng.integers(min(len(result), head) if rng.random() < 0.5 else len(result)))
        length = int(rng.integers(1, 5))
        if kind == "flip":
            result[at] ^= 1 << int(rng.integers(8))
        elif kind == "replace":
            result[at : at + length] = pick(rng, (b"\0", b"\xff", rng.bytes(1))) * length
        elif kind == "insert":
            result[at:at] = rng.bytes(length)
        elif kind == "delete":
            del result[at : at + length]
        else:
            piece = result[at : at + int(rng.integers(1, 64))]
            result[at:at] = piece * pick(rng, (1, 1, 10, 100))
    return bytes(result)


def wild(rng: np.random.Generator, depth: int = 0) -> Any:
    """Draw a value of JSON that hardly any reader expects."""
    kind = pick(rng, ("number", "number", "float", "text", "constant", "list", "table", "deep"))
    if kind == "number":
        return pick(rng, NUMBERS)
    if kind == "float":
        return pick(rng, FLOATS)
    if kind == "text":
        return pick(rng, TEXTS)
    if kind == "constant" or depth > 2:
        return pick(rng, (None, True, False, [], {}))
    if kind == "list":
        values = [wild(rng, depth + 1) for _ in range(pick(rng, (1, 2, 5)))]
        return values * (1 if depth else pick(rng, (1, 1, 200)))  # long, and not long within long
    if kind == "table":
        return {pick(rng, TEXTS): wild(rng, depth + 1) for _ in range(pick(rng, (1, 2, 5)))}
    value: Any = 0
    for _ in range(pick(rng, (5, 40, 100))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def mutated_tree(tree: Any, rng: np.random.Generator) -> Any:
    """Change one place of a tree of dictionaries and lists: remove it, or give it another value.

    Args:
        tree: The tree, which stays as it is.
        rng: Source of the draws.

    Returns:
        A new tree.
    """
    if not isinstance(tree, dict | list) or not tree or rng.random() < 0.1:
        return _changed(tree, rng)
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = pick(rng, keys)
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    if rng.random() < 0.15:
        del copy[key]
    elif isinstance(copy, dict) and rng.random() < 0.05:
        copy[pick(rng, TEXTS)] = copy.pop(key)
    else:
        copy[key] = mutated_tree(tree[key], rng)
    return copy


def _changed(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or rng.random() < 0.5:
        return wild(rng)
    changes: tuple[Callable[[], Any], ...] = (
        lambda: -value,
        lambda: value + 1,
        lambda: value * 1000,
        lambda: str(value),
        lambda: float(value),
        lambda: [value],
    )
    return pick(rng, changes)()


def undated(name: str, method: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """An entry of an archive without the time of day, so that equal draws are equal bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = method
    return entry


@contextlib.contextmanager
def files(**contents: bytes) -> Iterator[Path]:
    """Give a folder with files for a while; ``a_json`` is the file ``a.json``.

    Args:
        **contents: Bytes by name.

    Yields:
        The folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, data in contents.items():
            stem, _, suffix = name.rpartition("_")
            (Path(folder) / f"{stem}.{suffix}").write_bytes(data)
        yield Path(folder)


@functools.cache
def tiny_config() -> dict[str, Any]:
    """Config of a model whose networks are built in milliseconds."""
    import dataclasses

    from symvae.config.model import ModelConfig
    from symvae.config.run import RunConfig

    sizes = ("latent_size", "embedding_size", "encoder_size", "summary_size", "code_size", "phrase_size")
    more = ("conductor_size", "decoder_size", "unfold_size", "feature_size")
    config = RunConfig(name="tiny", model=ModelConfig(**dict.fromkeys((*sizes, *more), 8)))
    return {"format": "symvae-model", "version": 2, **dataclasses.asdict(config)}
