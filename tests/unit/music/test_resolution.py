"""Resolution: finer ticks, the same times."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symvae.errors import MidiError
from symvae.music.resolution import with_resolution, with_whole_steps, without_needless_ticks
from symvae.music.song import MetreChange, Song, TempoChange, Track


def song(ticks_per_quarter: int) -> Song:
    bent = Track(
        "",
        3,
        False,
        *np.array([[0, 1, 60, 90], [3, 2, 64, 80]]).T,
        controls=np.array([[1, 64, 127], [4, 64, 0]]),
        bends=np.array([[2, 500]]),
    )
    metres, tempos = (
        (MetreChange(0, 4, 4), MetreChange(4, 3, 4)),
        (TempoChange(0, 90.0), TempoChange(3, 99.0)),
    )
    return Song(ticks_per_quarter, metres, tempos, (bent,), 7, "name")


@pytest.mark.parametrize(("own", "raised"), [(1, 4), (2, 4), (3, 12), (4, 4), (6, 12), (24, 24), (480, 480)])
def test_a_sixteenth_is_a_whole_number_of_ticks(own, raised):
    assert with_whole_steps(song(own)).ticks_per_quarter == raised


def test_all_times_stay():
    old, new = song(6), with_resolution(song(6), 24)

    def quarters(piece: Song) -> list[Fraction]:
        (part,) = piece.tracks
        ticks = [
            *part.onset_tick,
            *part.duration_tick,
            *part.controls[:, 0],
            *part.bends[:, 0],
            piece.end_tick,
        ]
        ticks += [change.tick for change in (*piece.metres, *piece.tempos)]
        return [Fraction(int(tick), piece.ticks_per_quarter) for tick in ticks]

    assert quarters(new) == quarters(old)
    assert new.tracks[0].controls[:, 1:].tolist() == [[64, 127], [64, 0]]
    assert new.tracks[0].bends[:, 1].tolist() == [500]
    assert (new.name, new.tracks[0].program) == ("name", 3)
    assert with_resolution(old, 6) is old
    back = without_needless_ticks(new, 6)
    assert (back.ticks_per_quarter, quarters(back)) == (6, quarters(old))


@pytest.mark.parametrize("late", ["note", "tempo"])
def test_ticks_that_are_needed_stay(late):
    fine = with_resolution(song(6), 24)
    (part,) = fine.tracks
    if late == "note":
        fine = replace(fine, tracks=(replace(part, onset_tick=part.onset_tick + 1),))
    else:
        fine = replace(fine, tempos=(*fine.tempos, TempoChange(21, 80.0)))
    assert without_needless_ticks(fine, 6) is fine


@pytest.mark.parametrize("ticks", [3, 8, 0])
def test_only_multiples_are_taken(ticks):
    with pytest.raises(MidiError, match="Choose a multiple, so that every note keeps its exact time"):
        with_resolution(replace(song(6)), ticks)
