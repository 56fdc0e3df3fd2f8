"""300 damaged files, a small run of benchmarks/midi_fuzz.py: read, or refused with a sentence."""

import runpy
from collections import Counter
from pathlib import Path

FUZZ = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "midi_fuzz.py"))


def test_damaged_files_are_music_or_a_midi_error() -> None:
    outcomes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for kind, data in FUZZ["damaged_files"](count=300, seed=1):
        outcomes[FUZZ["outcome"](data)] += 1
        kinds[kind] += 1
    assert sum(outcomes.values()) == 300
    assert len(kinds) == 5
    # The damage must reach all the way: some files still load, others fail in five ways or more.
    assert 20 < outcomes["read"] < 200
    assert len(outcomes) > 5


def test_the_same_seed_makes_the_same_damage() -> None:
    assert list(FUZZ["damaged_files"](20, 3)) == list(FUZZ["damaged_files"](20, 3))
    assert list(FUZZ["damaged_files"](20, 3)) != list(FUZZ["damaged_files"](20, 4))
