"""Near-duplicates: which tunes are one tune.

The books print the same reel many times, in other keys and with other endings; a random split of
tunes puts 11.5 % of the test windows into train. Here two works are linked when a voice of the one and
a voice of the other share at least two 2-bar windows, and these are at least a fifth of the windows of
the smaller one. Windows are compared without regard to key. Whatever hangs together by links is a
cluster; the voices and stretches that a work was cut into belong to it from the start.

Windows with fewer than four notes say nothing of identity and are not compared, nor are those that
stand in more than `MOST_VOICES` voices: such a window is a formula, not a tune.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from jaxtyping import Int

from symvae.corpus.tune import Tune
from symvae.music.phrase import Phrase

WINDOW_BARS = 2
FEWEST_NOTES = 4
FEWEST_SHARED = 2
SMALLEST_SHARE = 0.2
MOST_VOICES = 200


def work_name(name: str) -> str:
    """The work that a part is of: "ryans/reel/1#2" → "ryans/reel/1", "bach/3.mxl#Alto#1" → "bach/3.mxl"."""
    return name.partition("#")[0]


def voice_name(name: str) -> str:
    """The voice that a stretch is of: "bach/3.mxl#Alto#1" → "bach/3.mxl#Alto", "reel/1#2" → "reel/1"."""
    voice, _, stretch = name.rpartition("#")
    return voice if voice and stretch.isdecimal() else name


def window_keys(phrase: Phrase) -> set[bytes]:
    """Each 2-bar window that says something, by its onsets and its intervals from the first note."""
    per_bar = phrase.grid.steps_per_bar
    keys = set()
    first_of_bar = np.searchsorted(phrase.onset_step, np.arange(phrase.grid.bars + 1) * per_bar)
    for bar in range(phrase.grid.bars - WINDOW_BARS + 1):
        inside = slice(first_of_bar[bar], first_of_bar[bar + WINDOW_BARS])
        pitch = phrase.pitch[inside]
        if len(pitch) >= FEWEST_NOTES:
            onset = phrase.onset_step[inside] - bar * per_bar
            keys.add(bytes([per_bar]) + np.stack([onset, pitch - pitch[0]]).astype(np.int16).tobytes())
    return keys


def clusters(tunes: Sequence[Tune]) -> Int[np.ndarray, " tune"]:
    """The cluster of each tune, numbered from 0 in order of appearance."""
    works: dict[str, int] = {}
    work_of = [works.setdefault(work_name(tune.name), len(works)) for tune in tunes]
    voices: dict[str, set[bytes]] = {}
    work_of_voice: list[int] = []
    for tune, work in zip(tunes, work_of, strict=True):
        voice = voice_name(tune.name)
        if voice not in voices:
            voices[voice] = set()
            work_of_voice.append(work)
        voices[voice] |= window_keys(tune.phrase)
    keys = list(voices.values())
    parent = list(range(len(works)))
    for (a, b), shared in _shared_windows(keys).items():
        if shared >= FEWEST_SHARED and shared >= SMALLEST_SHARE * min(len(keys[a]), len(keys[b])):
            parent[_root(parent, work_of_voice[a])] = _root(parent, work_of_voice[b])
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(_root(parent, w), len(numbers)) for w in work_of], np.int64)


def _shared_windows(keys: Sequence[set[bytes]]) -> dict[tuple[int, int], int]:
    """How many windows each two voices share, for those that share any."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for voice, windows in enumerate(keys):
        for key in windows:
            holders[key].append(voice)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for held_by in holders.values():
        if len(held_by) <= MOST_VOICES:
            for pair in combinations(held_by, 2):
                shared[pair] += 1
    return shared


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
