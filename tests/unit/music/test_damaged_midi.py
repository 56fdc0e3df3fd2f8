"""300 damaged files, a short run of benchmarks/midi_fuzz.py: read, or rejected with a MidiError."""

import runpy
from collections import Counter
from pathlib import Path

FUZZ = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "midi_fuzz.py"))


def test_damaged_files_are_read_or_raise_a_midi_error() -> None:
    outcomes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for kind, data in FUZZ["damaged_files"](count=300, seed=1):
        outcomes[FUZZ["outcome"](data)] += 1
        kinds[kind] += 1
    assert sum(outcomes.values()) == 300
    assert len(kinds) == 5
    # Damage reaches every stage: most files still load, others are refused in more than three ways.
    assert 100 < outcomes["read"] < 280
    assert len(outcomes) > 3


def test_equal_seeds_give_equal_damage() -> None:
    assert list(FUZZ["damaged_files"](20, 3)) == list(FUZZ["damaged_files"](20, 3))
    assert list(FUZZ["damaged_files"](20, 3)) != list(FUZZ["damaged_files"](20, 4))
