"""The card of a shard folder: collections, origin and license, counts, drop reasons."""

import csv
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

from symvae.corpus.cluster import work_name
from symvae.corpus.provenance import OWN_FOLDER, SOURCES
from symvae.corpus.shards import SPLITS, file_checksum
from symvae.corpus.tune import TuneEntry
from symvae.errors import CorpusError
from symvae.music.timing import Timing
from symvae.storage.whole_file import whole_file

#: A tune with more than this share of its notes off the grid counts as off the grid.
MANY = 0.1


def sources(collections: Sequence[str]) -> dict[str, Any]:
    """Origin and license of each collection."""
    return {name: SOURCES.get(name, OWN_FOLDER) for name in collections}


def counts(tunes: Sequence[TuneEntry], split_of: Sequence[str], collections: Sequence[str]) -> dict[str, Any]:
    """Count tunes and bars.

    Args:
        tunes: All tunes.
        split_of: The split of each tune.
        collections: Names of all collections.

    Returns:
        split → collection → {tunes, bars}, with "all" for the total of the split.
    """
    table = {s: {c: {"tunes": 0, "bars": 0} for c in ("all", *collections)} for s in SPLITS}
    for tune, split in zip(tunes, split_of, strict=True):
        for collection in ("all", tune.collection):
            table[split][collection]["tunes"] += 1
            table[split][collection]["bars"] += tune.bars
    return table


def works(tunes: Sequence[TuneEntry], cut: Set[str]) -> dict[str, int]:
    """Count the works that were kept whole, in part, and not at all.

    A work is a tune as its source has it; the "tunes" of `counts` are the parts that it was cut into. ``cut``
    names the works of which something was left out.
    """
    kept = {work_name(tune.name) for tune in tunes}
    return {"whole": len(kept - cut), "in_part": len(kept & cut), "left_out": len(cut - kept)}


def timing_counts(timings: Sequence[Timing]) -> dict[str, int]:
    """Count the tunes whose rhythm sixteenths do not notate.

    Args:
        timings: Timing of the songs of all tunes whose notes were quantized.

    Returns:
        Tunes in all; with more than `MANY` of their notes off the grid, or at triplets; with swing;
        and without a beat.
    """
    return {
        "measured": len(timings),
        "off_grid": sum(each.off_grid_share > MANY for each in timings),
        "triplets": sum(each.triplet_share > MANY for each in timings),
        "swing": sum(each.swing is not None for each in timings),
        "without_beat": sum(each.has_beat is False for each in timings),
    }


def write_tunes(
    path: Path, tunes: Sequence[TuneEntry], split_of: Sequence[str], cluster: Sequence[int]
) -> None:
    """Write tunes.csv, the tunes of a split in the order of its columns.

    Args:
        path: The file to write.
        tunes: All tunes.
        split_of: The split of each tune.
        cluster: The near-duplicate cluster of each tune.
    """
    with (
        whole_file(path, CorpusError) as part,
        # A file may have a name that is no text.
        part.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "collection", "title", "split", "cluster", "bars"))
        for tune, split, number in zip(tunes, split_of, cluster, strict=True):
            writer.writerow((tune.name, tune.collection, tune.title, split, int(number), tune.bars))


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of ``folder``, by name."""
    return {path.name: file_checksum(path) for path in sorted(folder.iterdir())}
