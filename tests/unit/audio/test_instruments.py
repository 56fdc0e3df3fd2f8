"""Every General MIDI program has a timbre that plays it, and a place."""

import pytest

from symvae.audio.instruments import place_of_program, timbre_of_program
from symvae.config.sound import PROGRAMS


@pytest.mark.parametrize("program", range(128))
def test_every_program_is_played_by_a_timbre_that_is_learned(program: int) -> None:
    name, exact = timbre_of_program(program)
    assert exact == (PROGRAMS[name] == program)
    assert -1 <= place_of_program(program) <= 1


@pytest.mark.parametrize(("name", "program"), PROGRAMS.items())
def test_what_was_learned_plays_itself(name: str, program: int) -> None:
    assert timbre_of_program(program) == (name, True)


@pytest.mark.parametrize(
    ("program", "name"), [(1, "piano"), (5, "electric-piano"), (42, "violin"), (43, "bass"), (68, "clarinet")]
)
def test_the_next_of_kin_plays_the_others(program: int, name: str) -> None:
    assert timbre_of_program(program) == (name, False)
