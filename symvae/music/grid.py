"""The metrical grid: so many bars, each cut into equal steps.

A step is a sixteenth note in every metre, so a step lasts a quarter of a quarter note:

    4/4   4 beats of 4 steps   16 steps a bar      (2/2 is the same bar; 2/4 bars are paired)
    3/4   3 beats of 4 steps   12 steps a bar
    6/8   2 beats of 6 steps   12 steps a bar      (the beat is a dotted quarter)
"""

from dataclasses import dataclass

from symvae.errors import PhraseError

STEPS_PER_QUARTER = 4

#: Metre → (beats per bar, steps per beat).
METRES = {"4/4": (4, 4), "3/4": (3, 4), "6/8": (2, 6)}


@dataclass(frozen=True)
class Grid:
    """``bars`` bars of ``beats_per_bar`` beats of ``steps_per_beat`` steps.

    Raises `PhraseError` for a grid without bars and for a bar that is no known metre.
    """

    bars: int
    beats_per_bar: int = 4
    steps_per_beat: int = 4

    def __post_init__(self) -> None:
        if self.bars < 1:
            raise PhraseError(f"A grid needs at least one bar, not {self.bars}.")
        if (self.beats_per_bar, self.steps_per_beat) not in METRES.values():
            raise PhraseError(
                f"No metre has {self.beats_per_bar} beats of {self.steps_per_beat} sixteenths a bar. "
                f"Known metres: {', '.join(METRES)}."
            )

    @classmethod
    def of_metre(cls, metre: str, bars: int) -> "Grid":
        """The grid of ``bars`` bars of a metre written as musicians write it, "4/4"."""
        if metre not in METRES:
            raise PhraseError(f"The metre {metre!r} has no grid. Known metres: {', '.join(METRES)}.")
        return cls(bars, *METRES[metre])

    @property
    def metre(self) -> str:
        """The time signature as musicians write it."""
        bar = (self.beats_per_bar, self.steps_per_beat)
        return next(name for name, value in METRES.items() if value == bar)

    @property
    def steps_per_bar(self) -> int:
        return self.beats_per_bar * self.steps_per_beat

    @property
    def num_steps(self) -> int:
        return self.bars * self.steps_per_bar

    def with_bars(self, bars: int) -> "Grid":
        """The same metre with another number of bars."""
        return Grid(bars, self.beats_per_bar, self.steps_per_beat)
