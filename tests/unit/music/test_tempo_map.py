"""Tempo map: new tempos hold in their spans only."""

import pytest

from symvae.music.song import MetreChange, Song, TempoChange
from symvae.music.tempo_map import TempoSpan, scaled, with_tempos

BAR = 4
SONG = Song(
    1,
    (MetreChange(0, 4, 4),),
    tuple(TempoChange(*change) for change in ((0, 100.0), (6, 110.0), (7, 115.0), (13, 90.0))),
    (),
    16,
)


def bar(number: int, qpm: float) -> TempoSpan:
    return TempoSpan(number * BAR, (number + 1) * BAR, qpm)


@pytest.mark.parametrize(
    ("spans", "changes"),
    [
        ([bar(1, 60.0)], [(0, 100), (4, 60), (8, 115), (13, 90)]),
        ([bar(2, 70.0), bar(0, 60.0), bar(1, 60.0)], [(0, 60), (8, 70), (12, 115), (13, 90)]),
        ([bar(3, 60.0)], [(0, 100), (6, 110), (7, 115), (12, 60)]),
    ],
    ids=["one bar", "three bars", "nothing follows the last bar"],
)
def test_the_tempo_changes_in_its_spans(spans, changes):
    assert [(change.tick, change.qpm) for change in with_tempos(SONG, spans)] == changes


def test_no_span_gives_the_same_map():
    assert with_tempos(SONG, []) is SONG.tempos


def test_a_stretch_is_scaled_with_the_changes_inside_it():
    assert scaled(SONG, 4, 8, 2.0) == [TempoSpan(4, 6, 200), TempoSpan(6, 7, 220), TempoSpan(7, 8, 230)]
    tempos = with_tempos(SONG, scaled(SONG, 0, 16, 1.5))
    assert [(change.tick, change.qpm) for change in tempos] == [(0, 150), (6, 165), (7, 172.5), (13, 135)]
