"""One trial: an input, the reader's answer, and what it cost."""

import contextlib
import importlib
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from symvae.errors import SymvaeError

MIB = 2**20
#: Formats, each a module of this folder with ``mutated`` and ``check``.
FORMATS = tuple(
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if path.stem not in ("damage", "trial", "__init__")
    )
)
#: The longest sentence of a refusal.
LONGEST = 1_000


class Format(Protocol):
    """A module of a format."""

    mutated: Callable[[np.random.Generator], bytes]
    """Draws a file."""
    check: Callable[[bytes], None]
    """Reads it; only a `SymvaeError` is a refusal."""


class Trial(NamedTuple):
    """Outcome of one input."""

    outcome: str
    """"read", "refused" or "escape"."""
    words: str
    """The sentence of a refusal; exception and place of an escape."""
    cpu_sec: float
    peak_mib: float
    """Most memory beyond that before the trial; 0 where the system does not tell."""


class Inputs(Sequence[bytes]):
    """Inputs of a format, drawn by seed and number when they are asked for.

    Args:
        name: The format.
        seed: Seed of all inputs.
        count: Number of inputs.
    """

    def __init__(self, name: str, seed: int, count: int) -> None:
        self._mutated = format_named(name).mutated
        self._seed, self._count = seed, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:  # type: ignore[override]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._mutated(np.random.default_rng([self._seed, number]))


def format_named(name: str) -> Format:
    """Import the module of a format."""
    return importlib.import_module(f"benchmarks.fuzzing.{name}")  # type: ignore[return-value]


def is_sentence(words: str) -> bool:
    """True for a refusal that a person can read: short, on one line, without signs that a terminal obeys."""
    return len(words) <= LONGEST and words.isprintable() and words[-1:] in (".", ")")


def tried(name: str, data: bytes) -> Trial:
    """Check one input.

    Args:
        name: The format.
        data: The input.

    Returns:
        The outcome; a refusal that is no short sentence is an escape.
    """
    check = format_named(name).check
    before, start = _restarted_mib(), time.process_time()
    outcome, words = "read", ""
    try:
        check(data)
    except SymvaeError as refusal:
        outcome, words = "refused", str(refusal)
        if not is_sentence(words):
            outcome, words = "escape", f"no sentence: {words[:LONGEST]!r}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        outcome = "escape"
        words = f"{type(error).__name__}: {str(error)[:200]!r} at {place.filename}:{place.lineno}"
    return Trial(outcome, words, time.process_time() - start, _peak_mib() - before)


def _restarted_mib() -> float:
    """Restart the count of the most memory, on Linux."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak_mib()


def _peak_mib() -> float:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
