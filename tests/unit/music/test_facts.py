"""Metres, the range of the piano, and General MIDI programs."""

from fractions import Fraction

import pytest
from pretty_midi import INSTRUMENT_MAP, note_name_to_number

from symvae.errors import MidiError, PhraseError
from symvae.music.grid import Grid
from symvae.music.io.programs import program_label, program_name
from symvae.music.metre import GRID_BARS, METRES
from symvae.music.pitch import PIANO_PITCHES


def test_every_metre_has_a_grid_with_its_time_signature() -> None:
    for metre, (beats, steps_per_beat) in METRES.items():
        grid = Grid.of_metre(metre, 3)
        assert (grid.metre, grid.num_steps) == (metre, 3 * beats * steps_per_beat)
        numerator, denominator = grid.time_signature
        assert f"{numerator}/{denominator}" == metre
        assert grid.steps_per_bar == 16 * numerator // denominator


def test_the_bars_of_a_file_fill_the_bars_of_the_grid() -> None:
    for metre, bar in GRID_BARS.items():
        numerator, denominator = map(int, metre.split("/"))
        grid_steps = bar.grid_bars * Grid.of_metre(bar.metre, 1).steps_per_bar
        assert bar.file_bars * Fraction(16 * numerator, denominator) == grid_steps
        assert 1 in (bar.file_bars, bar.grid_bars)


def test_bars_of_the_grid_and_of_the_file_count_each_other() -> None:
    assert [GRID_BARS["2/4"].in_grid(bars) for bars in (1, 2, 3)] == [1, 1, 2]
    assert [GRID_BARS["2/4"].in_file(bars) for bars in (1, 2)] == [2, 4]
    assert [GRID_BARS["12/8"].in_grid(bars) for bars in (1, 2)] == [2, 4]
    assert [GRID_BARS["12/8"].in_file(bars) for bars in (1, 2, 3)] == [1, 1, 2]


def test_an_unknown_metre_names_the_known_ones() -> None:
    with pytest.raises(PhraseError, match=r"'5/4' has no grid\. Known metres: 4/4, 3/4, 6/8\."):
        Grid.of_metre("5/4", 2)
    with pytest.raises(PhraseError, match="No metre has 5 beats of 4 sixteenths"):
        Grid(2, 5, 4)


def test_the_piano_has_88_keys_from_a0_to_c8() -> None:
    assert (note_name_to_number("A0"), note_name_to_number("C8")) == PIANO_PITCHES
    assert PIANO_PITCHES[1] - PIANO_PITCHES[0] + 1 == 88


def test_programs_are_counted_from_0_and_named_by_general_midi() -> None:
    assert program_label(0) == "0 Acoustic Grand Piano"
    assert program_label(40) == "40 Violin"
    assert [program_name(program) for program in range(128)] == INSTRUMENT_MAP


@pytest.mark.parametrize("program", [-1, 128])
def test_programs_outside_general_midi_raise_a_midi_error(program: int) -> None:
    with pytest.raises(MidiError, match=f"no General MIDI program {program}"):
        program_label(program)
