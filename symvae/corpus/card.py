"""The papers of a shard folder: what went in, from where, under which license, and what was left out."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from symvae.corpus.cluster import work_name
from symvae.corpus.provenance import OWN_FOLDER, SOURCES
from symvae.corpus.shards import SPLITS
from symvae.corpus.tune import Tune
from symvae.music.reason import Dropped


def sources(collections: Sequence[str]) -> dict[str, Any]:
    """Origin and license of each collection."""
    return {name: SOURCES.get(name, OWN_FOLDER) for name in collections}


def counts(tunes: Sequence[Tune], split_of: Sequence[str], collections: Sequence[str]) -> dict[str, Any]:
    """split → collection → {tunes, bars}, with "all" for the split's total."""
    table = {s: {c: {"tunes": 0, "bars": 0} for c in ("all", *collections)} for s in SPLITS}
    for tune, split in zip(tunes, split_of, strict=True):
        for collection in ("all", tune.collection):
            table[split][collection]["tunes"] += 1
            table[split][collection]["bars"] += tune.phrase.grid.bars
    return table


def works(tunes: Sequence[Tune], dropped: Sequence[Dropped]) -> dict[str, int]:
    """How many works were kept whole, how many in part, and how many not at all.

    A work is a tune as its source has it; `tunes` counts the parts that it was cut into.
    """
    kept = {work_name(tune.name) for tune in tunes}
    cut = {work_name(item.what) for item in dropped}
    return {"whole": len(kept - cut), "in_part": len(kept & cut), "left_out": len(cut - kept)}


def reasons(dropped: Sequence[Dropped]) -> dict[str, int]:
    """How often each reason was given: for bars, parts, works or notes, as dropped.csv says."""
    totals: Counter[str] = Counter()
    for item in dropped:
        totals[str(item.reason)] += item.count
    return dict(sorted(totals.items()))


def write_tunes(path: Path, tunes: Sequence[Tune], split_of: Sequence[str], cluster: Sequence[int]) -> None:
    """tunes.csv: within each split in the order of its arrays."""
    rows = zip(tunes, split_of, cluster, strict=True)
    _write(
        path,
        ("name", "collection", "title", "split", "cluster", "bars"),
        ((t.name, t.collection, t.title, split, int(c), t.phrase.grid.bars) for t, split, c in rows),
    )


def write_dropped(path: Path, dropped: Sequence[Dropped]) -> None:
    """dropped.csv: everything that is not in the arrays."""
    rows = ((item.what, str(item.reason), item.count, item.detail) for item in dropped)
    _write(path, ("what", "reason", "count", "detail"), rows)


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
