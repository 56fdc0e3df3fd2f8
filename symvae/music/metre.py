"""Metres: the time signatures that a grid can hold, and the ones of a file that map onto them.

A step is a sixteenth note in every metre:

    4/4   4 beats of 4 steps   16 steps a bar
    3/4   3 beats of 4 steps   12 steps a bar
    6/8   2 beats of 6 steps   12 steps a bar      (the beat is a dotted quarter)

The bar of a file is not always the bar of the grid. 2/2 is the bar of 4/4; two bars of 2/4 make one bar of
4/4, and one bar of 12/8 is two bars of 6/8. A grid holds a metre if the bar lines agree: a bar of one is a
whole number of bars of the other. All other metres, such as 5/4 and 9/8, have no grid; their music is dropped
with the reason ``metre_not_supported``.
"""

from types import MappingProxyType
from typing import NamedTuple


class GridBar(NamedTuple):
    """Bars of the grid that hold the bars of a file's metre; one of the two numbers is 1."""

    metre: str
    """Metre of the grid."""
    file_bars: int
    """Bars of the file in ``grid_bars`` bars of the grid."""
    grid_bars: int = 1
    """Bars of the grid in ``file_bars`` bars of the file."""

    def in_grid(self, file_bars: int) -> int:
        """Bars of the grid that bars of the file fill, the last one perhaps in part."""
        return -(-file_bars * self.grid_bars // self.file_bars)

    def in_file(self, grid_bars: int) -> int:
        """Bars of the file that bars of the grid fill, the last one perhaps in part."""
        return -(-grid_bars * self.file_bars // self.grid_bars)


#: The metres of grids: time signature → (beats a bar, steps a beat).
METRES = MappingProxyType({"4/4": (4, 4), "3/4": (3, 4), "6/8": (2, 6)})

#: The metres of files that a grid can hold: time signature → bars of the grid.
GRID_BARS = MappingProxyType(
    {
        **{metre: GridBar(metre, 1) for metre in METRES},
        # Beats in twos and fours.
        "1/1": GridBar("4/4", 1),
        "2/2": GridBar("4/4", 1),
        "8/8": GridBar("4/4", 1),
        "16/16": GridBar("4/4", 1),
        "1/2": GridBar("4/4", 2),
        "2/4": GridBar("4/4", 2),
        "4/8": GridBar("4/4", 2),
        "8/16": GridBar("4/4", 2),
        "1/4": GridBar("4/4", 4),
        "2/8": GridBar("4/4", 4),
        "4/16": GridBar("4/4", 4),
        "1/8": GridBar("4/4", 8),
        "2/16": GridBar("4/4", 8),
        "2/1": GridBar("4/4", 1, 2),
        "4/2": GridBar("4/4", 1, 2),
        "8/4": GridBar("4/4", 1, 2),
        "16/8": GridBar("4/4", 1, 2),
        # Three quarters, or a multiple of them.
        "3/2": GridBar("3/4", 1, 2),
        "6/4": GridBar("3/4", 1, 2),
        "6/2": GridBar("3/4", 1, 4),
        "9/4": GridBar("3/4", 1, 3),
        "12/4": GridBar("3/4", 1, 4),
        # Groups of three eighths or sixteenths.
        "3/8": GridBar("6/8", 2),
        "6/16": GridBar("6/8", 2),
        "3/16": GridBar("6/8", 4),
        "12/16": GridBar("6/8", 1),
        "12/8": GridBar("6/8", 1, 2),
        "18/8": GridBar("6/8", 1, 3),
        "24/8": GridBar("6/8", 1, 4),
        "24/16": GridBar("6/8", 1, 2),
    }
)
