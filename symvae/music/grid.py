"""The metrical grid: bars of equal steps, a step being a sixteenth note in every metre."""

from dataclasses import dataclass
from numbers import Integral

from symvae.errors import ArgumentError, PhraseError
from symvae.files.limit import shown
from symvae.music.metre import METRES

STEPS_PER_QUARTER = 4


@dataclass(frozen=True)
class Grid:
    """A number of bars in one of the supported metres (see `symvae.music.metre`).

    Raises:
        ArgumentError: The bars, beats or steps are no whole numbers.
        PhraseError: The grid has no bars, or no metre has such a bar.
    """

    bars: int
    beats_per_bar: int = 4
    steps_per_beat: int = 4

    def __post_init__(self) -> None:
        if not all(
            isinstance(each, Integral) for each in (self.bars, self.beats_per_bar, self.steps_per_beat)
        ):
            raise ArgumentError(
                f"A grid has whole numbers of bars, beats and steps, not {self.bars!r:.60}. For a metre use "
                'Grid.of_metre("4/4", bars).'
            )
        if self.bars < 1:
            raise PhraseError(f"A grid needs at least one bar, not {self.bars}.")
        if (self.beats_per_bar, self.steps_per_beat) not in METRES.values():
            raise PhraseError(
                f"No metre has {self.beats_per_bar} beats of {self.steps_per_beat} sixteenths a bar. "
                f"Known metres: {', '.join(METRES)}."
            )

    @classmethod
    def of_metre(cls, metre: str, bars: int) -> "Grid":
        """Build a grid of ``bars`` bars from a time signature such as "4/4".

        Raises:
            PhraseError: The metre is not supported.
        """
        if metre not in METRES:
            raise PhraseError(f"The metre {shown(metre)} has no grid. Known metres: {', '.join(METRES)}.")
        return cls(bars, *METRES[metre])

    @property
    def metre(self) -> str:
        """The time signature as text, such as "6/8"."""
        bar = (self.beats_per_bar, self.steps_per_beat)
        return next(name for name, value in METRES.items() if value == bar)

    @property
    def time_signature(self) -> tuple[int, int]:
        """Numerator and denominator of the time signature."""
        numerator, denominator = self.metre.split("/")
        return int(numerator), int(denominator)

    @property
    def steps_per_bar(self) -> int:
        return self.beats_per_bar * self.steps_per_beat

    @property
    def num_steps(self) -> int:
        return self.bars * self.steps_per_bar

    def with_bars(self, bars: int) -> "Grid":
        """Change the number of bars."""
        return Grid(bars, self.beats_per_bar, self.steps_per_beat)
