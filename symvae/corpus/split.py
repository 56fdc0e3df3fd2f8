"""Split into train, validation and test, each cluster of near-duplicates as a whole.

Works that the released weights were trained or tested on keep their split forever: it is listed in
``released_split.csv``. So a model's test set is the same on every machine, with or without the other
corpora at hand, and a later parser moves nothing. A cluster with a work of train is train, whatever else it
holds: music that a model has seen is never test.

A corpus that has a split of its own, as Groove, keeps it in the same way. All other clusters are dealt by a
hash of their first name and the seed: 8 % of each collection's bars to test, 4 % to validation. A cluster
that would exceed a share goes into train, so the held-out splits are many small families rather than one
large one.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
from jaxtyping import Int

from symvae.corpus.cluster import work_name
from symvae.corpus.tune import TuneEntry

VALIDATION_SHARE = 0.04
TEST_SHARE = 0.08


def released_split() -> dict[str, str]:
    """Work → split, for every work of the corpus of the released weights."""
    text = files("symvae.corpus").joinpath("released_split.csv").read_text(encoding="utf-8")
    return {row["work"]: row["split"] for row in csv.DictReader(text.splitlines())}


def split(
    tunes: Sequence[TuneEntry],
    cluster: Int[np.ndarray, " tune"],
    seed: int,
    released: Mapping[str, str] | None = None,
) -> list[str]:
    """Deal tunes to the splits.

    A cluster counts for the collection that most of its bars come from.

    Args:
        tunes: All tunes.
        cluster: The near-duplicate cluster of each tune.
        seed: Of the order in which clusters are dealt.
        released: Work → split, for works whose split is settled; by default `released_split`.

    Returns:
        The split of each tune, "train", "validation" or "test".
    """
    released = released_split() if released is None else released
    members: dict[int, list[TuneEntry]] = defaultdict(list)
    for tune, number in zip(tunes, cluster.tolist(), strict=True):
        members[number].append(tune)
    chosen: dict[int, str] = {}
    to_deal: dict[str, list[int]] = defaultdict(list)
    for number, group in members.items():
        settled = {released[work] for tune in group if (work := work_name(tune.name)) in released}
        settled |= {tune.split for tune in group if tune.split}
        if settled:
            chosen[number] = next(s for s in ("train", "validation", "test") if s in settled)
        else:
            to_deal[_home(group)].append(number)
    for numbers in to_deal.values():
        chosen |= _deal({number: members[number] for number in numbers}, seed)
    return [chosen[number] for number in cluster.tolist()]


def _home(group: Sequence[TuneEntry]) -> str:
    """The collection that most bars of a cluster come from."""
    bars: dict[str, int] = defaultdict(int)
    for tune in group:
        bars[tune.collection] += tune.bars
    return max(sorted(bars), key=bars.__getitem__)


def _deal(members: Mapping[int, Sequence[TuneEntry]], seed: int) -> dict[int, str]:
    """Deal the clusters of one collection, in the order of their hashes."""
    size = {number: sum(tune.bars for tune in group) for number, group in members.items()}
    room = {
        "test": TEST_SHARE * sum(size.values()),
        "validation": VALIDATION_SHARE * sum(size.values()),
    }
    chosen = dict.fromkeys(members, "train")
    for number in sorted(members, key=lambda n: _hash(members[n], seed)):
        fits = next((name for name, left in room.items() if size[number] <= left), None)
        if fits:
            chosen[number] = fits
            room[fits] -= size[number]
    for name in room:  # a collection of few clusters, each over the share, still gets one of each
        in_train = [number for number in members if chosen[number] == "train"]
        if name not in chosen.values() and len(in_train) > 1:
            chosen[min(in_train, key=lambda n: (size[n], _hash(members[n], seed)))] = name
    return chosen


def _hash(group: Sequence[TuneEntry], seed: int) -> bytes:
    first = min(work_name(tune.name) for tune in group)
    return hashlib.sha256(f"{seed}:{first}".encode()).digest()
