"""A short run of benchmarks/fuzz.py: every file is read, or refused in one sentence."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.fuzzing.damage import damaged
from benchmarks.fuzzing.trial import FORMATS, Inputs, tried

#: Inputs of a format, of formats whose reader takes longer.
COUNT, FEWER = 60, {"midi": 12, "abc": 25, "json": 40}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_any_file_is_read_or_refused_in_one_sentence(name: str) -> None:
    inputs = Inputs(name, seed=3, count=FEWER.get(name, COUNT))
    trials = [tried(name, data) for data in inputs]
    assert [trial for trial in trials if trial.outcome == "escape"] == []
    outcomes = Counter(trial.outcome for trial in trials)
    # Damage reaches every stage: some files are read, and others are refused for several reasons.
    assert outcomes["read"] > len(trials) / 20
    assert outcomes["refused"] > len(trials) / 20 or name == "midi"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_equal_seeds_give_equal_files(name: str) -> None:
    first, again, other = (list(Inputs(name, seed, 5)) for seed in (3, 3, 4))
    assert first == again != other


def test_damage_of_nothing_is_harmless() -> None:
    assert [damaged(b"", np.random.default_rng(seed)) for seed in range(20)]
