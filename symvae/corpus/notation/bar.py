"""Written bars: notes with exact lengths, and the repeat signs at both ends.

ABC and MusicXML are both parsed into these, so that repeats, pickups and the sixteenth grid are implemented
once. Lengths are exact fractions of a sixteenth step: a triplet eighth is 4/3 of a step here, and only
`to_grid` finds that it is not on the grid.
"""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class WrittenNote:
    """A note, or a rest (``pitch`` None), of ``length_step`` sixteenths.

    ``tied`` joins it to the next note if that has the same pitch; between different pitches the sign is a
    slur and ignored.
    """

    pitch: int | None
    length_step: Fraction
    tied: bool = False
    in_tuplet: bool = False


@dataclass
class WrittenBar:
    """The notes between two bar lines.

    ``opens_repeat`` and ``closes_repeat`` are the repeat signs at its start and end, ``endings`` the numbers
    of the bracket above it, ``ends_section`` a double bar line after it. ``number`` counts the bars as
    written, from 1, pickups included. A bar may be written in two fragments, before and after a repeat sign.
    ``problem`` is the reason why a bar cannot be used, empty for most bars.
    """

    metre: tuple[int, int] | None
    notes: list[WrittenNote] = field(default_factory=list)
    opens_repeat: bool = False
    closes_repeat: bool = False
    ends_section: bool = False
    endings: tuple[int, ...] = ()
    problem: str = ""
    number: int = 0

    @property
    def length_step(self) -> Fraction:
        """Total length of its notes and rests in sixteenths."""
        return sum((note.length_step for note in self.notes), Fraction(0))

    @property
    def full_step(self) -> Fraction | None:
        """Length of a full bar of its metre in sixteenths; None without a metre."""
        return None if self.metre is None else Fraction(16 * self.metre[0], self.metre[1])


@dataclass
class WrittenTune:
    """A tune as written in its source, before repeats are expanded."""

    number: str
    title: str
    bars: list[WrittenBar]
    tempo_qpm: float
