"""Bar lines of a song with changes of metre."""

import pytest

from symvae.music.bars import bar_lines
from symvae.music.song import MetreChange, Song, TempoChange


def silence(quarters: int, *metres: tuple[int, int, int]) -> Song:
    """A song in quarters without notes; metres as (quarter, numerator, denominator)."""
    return Song(1, tuple(MetreChange(*each) for each in metres), (TempoChange(0, 120.0),), (), quarters)


@pytest.mark.parametrize(
    ("song", "lines"),
    [
        (silence(17, (0, 4, 4), (8, 3, 4), (14, 2, 4)), [0, 4, 8, 11, 14, 16, 18, 20]),
        (silence(0, (0, 4, 4)), []),
        (silence(12, (0, 4, 4), (6, 3, 4)), [0, 4, 6, 9, 12, 15]),
    ],
    ids=["one more than the file needs", "silence without length", "a bar cut short by a change of metre"],
)
def test_bar_lines(song, lines):
    assert bar_lines(song) == lines
