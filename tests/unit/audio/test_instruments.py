"""Every General MIDI program has a timbre and a stereo position."""

import pytest

from symvae.audio.instruments import pan_of_program, timbre_of_program
from symvae.config.sound import PROGRAMS


@pytest.mark.parametrize("program", range(128))
def test_every_program_has_a_learned_timbre(program: int) -> None:
    name, exact = timbre_of_program(program)
    assert exact == (PROGRAMS[name] == program)
    assert -1 <= pan_of_program(program) <= 1


@pytest.mark.parametrize(("name", "program"), PROGRAMS.items())
def test_learned_programs_play_themselves(name: str, program: int) -> None:
    assert timbre_of_program(program) == (name, True)


@pytest.mark.parametrize(
    ("program", "name"), [(1, "piano"), (5, "electric-piano"), (42, "violin"), (43, "bass"), (68, "clarinet")]
)
def test_other_programs_get_the_nearest_timbre(program: int, name: str) -> None:
    assert timbre_of_program(program) == (name, False)
