"""Metres: the time signatures that a grid can hold, and the ones of a file that map onto them.

A step is a sixteenth note in every metre:

    4/4   4 beats of 4 steps   16 steps a bar
    3/4   3 beats of 4 steps   12 steps a bar
    6/8   2 beats of 6 steps   12 steps a bar      (the beat is a dotted quarter)

The bar of a file is not always the bar of the grid: 2/2 is the bar of 4/4, and two bars of 2/4 make one bar
of 4/4. All other metres have no grid; their music is dropped with the reason ``metre_not_supported``.
"""

from types import MappingProxyType
from typing import NamedTuple


class GridBar(NamedTuple):
    """The bar of the grid that holds the bars of a file's metre."""

    metre: str
    """Metre of the grid."""
    file_bars: int
    """Bars of the file in one bar of the grid."""


#: The metres of grids: time signature → (beats a bar, steps a beat).
METRES = MappingProxyType({"4/4": (4, 4), "3/4": (3, 4), "6/8": (2, 6)})

#: The metres of files that a grid can hold: time signature → bar of the grid.
GRID_BARS = MappingProxyType(
    {**{metre: GridBar(metre, 1) for metre in METRES}, "2/2": GridBar("4/4", 1), "2/4": GridBar("4/4", 2)}
)
