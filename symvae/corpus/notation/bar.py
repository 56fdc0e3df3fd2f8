"""A bar as it is written: notes with exact lengths, and the repeat signs at its two ends.

ABC and MusicXML both end up here, so that repeats, pickups and the sixteenth grid are dealt with
once. Lengths are exact fractions of a sixteenth step: a triplet is 4/3 of a step here, and only
`fold` decides that the grid cannot say it.
"""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class WrittenNote:
    """A note or rest (``pitch`` None) lasting ``length_step`` sixteenths.

    ``tied`` joins it to the next note if that has the same pitch; over different pitches the
    sign is a slur and does nothing.
    """

    pitch: int | None
    length_step: Fraction
    tied: bool = False
    in_tuplet: bool = False


@dataclass
class WrittenBar:
    """What stands between two bar lines.

    ``opens_repeat`` and ``closes_repeat`` are the repeat signs at its start and end, ``endings``
    the numbers of the bracket that it stands in, ``ends_section`` a double bar line after it.
    ``number`` counts the bars as written, from 1; a pickup counts too. A bar may be written in two
    fragments, before and after a repeat sign. ``problem`` says why nobody can read it.
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
        """How long its notes and rests are together."""
        return sum((note.length_step for note in self.notes), Fraction(0))

    @property
    def full_step(self) -> Fraction | None:
        """How long the metre says that it should be; None without a metre."""
        return None if self.metre is None else Fraction(16 * self.metre[0], self.metre[1])


@dataclass
class WrittenTune:
    """A tune as its source writes it, before repeats are played out."""

    number: str
    title: str
    bars: list[WrittenBar]
    tempo_qpm: float
