"""Repeats expand to the bars in playing order, written as letters."""

import pytest

from symvae.corpus.notation.abc import read_abc
from symvae.corpus.notation.expand_repeats import expand_repeats


def played(body: str) -> str:
    """The bars in playing order; each bar of the body holds one note, its name."""
    tune = next(read_abc(f"X:1\nM:4/4\nL:1/1\nK:C\n{body}\n"))
    return "".join(
        "CDEFGAB"[[0, 2, 4, 5, 7, 9, 11].index(bar.notes[0].pitch % 12)] for bar in expand_repeats(tune.bars)
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A|B|C|", "ABC"),
        ("A|B:|C|", "ABABC"),
        ("|:A|B:|", "ABAB"),
        ("A|:B|C:|D|", "ABCBCD"),
        ("|:A|B:|:C|D:|", "ABABCDCD"),
        ("A|B::C|D:|", "ABABCDCD"),
        ("|:A|1B:|2C||D|", "ABACD"),
        ("|:A|1B|C:|2D|E:|F|", "ABCADEF"),
        ("|:A|1,3B:|2C:|", "ABACAB"),
        ("A|B||C|D:|", "ABCDCD"),
        ("|:A||B:|C|", "ABABC"),
        ("A:|B:|", "AABB"),
        ("|:A|1B:|2C|:D:|", "ABACDD"),
    ],
)
def test_repeats_expand_in_playing_order(written: str, expected: str):
    assert played(written) == expected


def test_a_repeat_ends():
    many = "|:A|" + "".join(f"[{n}B:|" for n in range(1, 10)) + "|"
    assert len(played(many)) <= 2 * 9
