"""Released models give the recorded music, so that a change of the code that changes the music is noticed.

The record is written by tests/golden/released_models.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from symvae.system.catalog import available
from tests.golden import released_models as golden

RECORD: dict[str, Any] = json.loads(golden.FILE.read_text())
SAME_MACHINE = RECORD["machine"] == golden.machine()
#: On another machine a near tie may be decided differently, which changes everything after it.
LEAST_SHARED = 0.8
LEVEL_DB = 1.0


def notes_of(answers: dict[str, Any]) -> Iterator[set[str]]:
    for part in answers.values():
        if isinstance(part, dict):
            for number, phrase in enumerate(part["notes"]):
                yield {f"{number} {note}" for note in phrase.split()[1:]}


def test_every_released_model_is_on_record() -> None:
    assert sorted(RECORD["models"]) == available()


@pytest.mark.parametrize("name", sorted(RECORD["models"]))
def test_a_released_model_makes_the_music_on_record(name: str) -> None:
    torch.set_num_threads(1)
    found, wanted = golden.answers_of(name), RECORD["models"][name]
    if SAME_MACHINE:
        assert found == wanted
    assert found.keys() == wanted.keys()
    pairs = list(zip(notes_of(found), notes_of(wanted), strict=True))
    shared, both = (sum(len(join(a, b)) for a, b in pairs) for join in (set.intersection, set.union))
    assert shared >= LEAST_SHARED * both


def test_the_synthesizer_makes_the_sound_on_record() -> None:
    torch.set_num_threads(1)
    found, wanted = golden.sounds(), RECORD["sounds"]
    if SAME_MACHINE:
        assert found == wanted
    for timbre, sound in wanted.items():
        np.testing.assert_allclose(found[timbre]["level_db"], sound["level_db"], atol=LEVEL_DB)


def test_commands_write_the_files_on_record() -> None:
    found = golden.files()
    assert found.keys() == RECORD["files"].keys()
    if SAME_MACHINE:
        assert found == RECORD["files"]
