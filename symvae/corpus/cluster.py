"""Clusters of near-duplicate tunes.

The books print the same reel many times, in other keys and with other endings; a random split of tunes
puts 11.5 % of the test windows into train. Two works are linked if a voice of one and a voice of the other
share at least two 2-bar windows, and these are at least a fifth of the windows of the smaller voice.
Windows are compared regardless of key. Connected works form a cluster; the voices and stretches that a
work was cut into belong to it from the start.

Windows with fewer than four notes do not identify a tune and are not compared, nor are windows found in
more than `MOST_VOICES` voices: such a window is a formula.

A window is represented by 64 bits of a hash, so the keys of 170,000 songs of 80 bars take 110 MB. The odds
that any two of these 14 million windows collide are 5 in a million.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from jaxtyping import Int, UInt64

from symvae.music.phrase import Phrase

WINDOW_BARS = 2
FEWEST_NOTES = 4
FEWEST_SHARED = 2
SMALLEST_SHARE = 0.2
MOST_VOICES = 200


def work_name(name: str) -> str:
    """Name of the work of a part: "ryans/reel/1#2" → "ryans/reel/1", "bach/3.mxl#Alto#1" → "bach/3.mxl"."""
    return name.partition("#")[0]


def voice_name(name: str) -> str:
    """Name of the voice of a stretch: "bach/3.mxl#Alto#1" → "bach/3.mxl#Alto", "reel/1#2" → "reel/1"."""
    voice, _, stretch = name.rpartition("#")
    return voice if voice and stretch.isdecimal() else name


def window_keys(phrase: Phrase) -> UInt64[np.ndarray, " window"]:
    """Hash each 2-bar window by its onsets and its intervals from the first note.

    Returns:
        The keys of all windows with enough notes, each once, in rising order.
    """
    per_bar = phrase.grid.steps_per_bar
    keys = []
    first_of_bar = np.searchsorted(phrase.onset_step, np.arange(phrase.grid.bars + 1) * per_bar)
    for bar in range(phrase.grid.bars - WINDOW_BARS + 1):
        inside = slice(first_of_bar[bar], first_of_bar[bar + WINDOW_BARS])
        pitch = phrase.pitch[inside]
        if len(pitch) >= FEWEST_NOTES:
            onset = phrase.onset_step[inside] - bar * per_bar
            notes = np.stack([onset, pitch - pitch[0]]).astype(np.int16).tobytes()
            keys.append(hashlib.blake2b(bytes([per_bar]) + notes, digest_size=8).digest())
    return np.unique(np.frombuffer(b"".join(keys), np.uint64))


def clusters(names: Sequence[str], keys: Iterable[UInt64[np.ndarray, "..."]]) -> Int[np.ndarray, " tune"]:
    """Cluster tunes by the windows that they share.

    Args:
        names: Name of each tune; tunes of one `work_name` or `voice_name` belong together.
        keys: `window_keys` of each tune.

    Returns:
        The cluster of each tune, numbered from 0 in order of appearance.
    """
    works: dict[str, int] = {}
    work_of = [works.setdefault(work_name(name), len(works)) for name in names]
    stretches: dict[str, list[np.ndarray]] = {}
    work_of_voice: list[int] = []
    for name, work, of_tune in zip(names, work_of, keys, strict=True):
        voice = voice_name(name)
        if voice not in stretches:
            stretches[voice] = []
            work_of_voice.append(work)
        stretches[voice].append(of_tune)
    of_voice = [np.unique(np.concatenate(parts)) for parts in stretches.values()]
    parent = list(range(len(works)))
    for (a, b), shared in _shared_windows(of_voice).items():
        if shared >= FEWEST_SHARED and shared >= SMALLEST_SHARE * min(len(of_voice[a]), len(of_voice[b])):
            parent[_root(parent, work_of_voice[a])] = _root(parent, work_of_voice[b])
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(_root(parent, w), len(numbers)) for w in work_of], np.int64)


def _shared_windows(keys: Sequence[UInt64[np.ndarray, "..."]]) -> dict[tuple[int, int], int]:
    """Number of windows that two voices share, for the pairs that share any."""
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for holders in _holders(keys):
        for pair in combinations(holders, 2):
            shared[pair] += 1
    return shared


def _holders(keys: Sequence[UInt64[np.ndarray, "..."]]) -> Iterator[list[int]]:
    """The voices that have a window, in rising order, for each window of 2 to `MOST_VOICES` voices."""
    if not keys:
        return
    key = np.concatenate(keys)
    voice = np.repeat(np.arange(len(keys), dtype=np.int32), [len(of_voice) for of_voice in keys])
    order = np.argsort(key, kind="stable")
    key, voice = key[order], voice[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])[: len(key)])
    count = np.diff(first, append=len(key))
    for window in np.flatnonzero((count > 1) & (count <= MOST_VOICES)):
        yield voice[first[window] : first[window] + count[window]].tolist()


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
