"""Tables: automation and labels with wild cells, rows and bytes."""

import numpy as np

from benchmarks.fuzzing.damage import NUMBERS, TEXTS, damaged, files, pick
from symvae.corpus.sources.vgmidi import read_labels
from symvae.pipelines.automation import read_lanes

_CELLS = (
    "1",
    "2",
    "5",
    "+2",
    "-2",
    "=-2",
    "60.5",
    "0.5",
    "",
    "1e3",
    "１",
    "1_0",
    "0x10",
    "+nan",
    "=inf",
    "١",
)
_NAMES = (
    "a.mid",
    "b.mid",
    "x.mid",
    "y.mid",
    "q.mid",
    "../a.mid",
    "/etc/a.mid",
    "c\0.mid",
    "z" * 300 + ".mid",
)


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a table.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    rows = _lanes(rng) if rng.random() < 0.5 else _labels(rng)
    if rng.random() < 0.1:
        rows += [pick(rng, rows)] * pick(rng, (1, 100, 2_000))
    comma = pick(rng, (*[","] * 9, ";", "\t"))
    text = pick(rng, ("\n", "\r\n", "\r")).join(comma.join(row) for row in rows)
    data = text.encode(pick(rng, (*["utf-8"] * 9, "utf-8-sig", "utf-16", "utf-7")))
    return damaged(data, rng) if rng.random() < 0.2 else data


def check(data: bytes) -> None:
    """Read a table as automation, and as labels.

    Args:
        data: Content of a CSV file.
    """
    with files(table_csv=data) as folder:
        if b"arousal" in data[:200]:
            read_labels(folder / "table.csv")
        else:
            read_lanes(folder / "table.csv")


def _lanes(rng: np.random.Generator) -> list[list[str]]:
    heads = ["bar", *(["register"] if rng.random() < 0.7 else ["tempo", "register", "contour"])]
    rows = [
        [_wild(rng, str(bar)), *(_wild(rng, pick(rng, _CELLS)) for _ in heads[1:])] for bar in range(1, 9)
    ]
    return [[_wild(rng, head, 0.02) for head in heads], *rows]


def _labels(rng: np.random.Generator) -> list[list[str]]:
    rows = [[name, "Series", "0.5", "-0.25"] for name in (*_NAMES[:2], pick(rng, _NAMES[2:]))]
    return [["midi", "series", "arousal", "valence"], *([_wild(rng, cell) for cell in row] for row in rows)]


def _wild(rng: np.random.Generator, usual: str, chance: float = 0.02) -> str:
    if rng.random() >= chance:
        return usual
    return pick(rng, TEXTS) if rng.random() < 0.7 else str(pick(rng, NUMBERS))
