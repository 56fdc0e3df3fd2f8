"""Why music is left out: one code for each cause, the same in reports, cards and errors.

Nothing is dropped without one of these. The code is what a script reads, the sentence what a
person does.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A cause for leaving out a file, a track, a window or a note."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    DRUMS = "drums"
    POLYPHONIC = "polyphonic"
    OFF_GRID = "off_grid"
    TUPLET = "tuplet"
    METRE_NOT_SUPPORTED = "metre_not_supported"
    METRE_CHANGES = "metre_changes"
    LONG_REST = "long_rest"
    OUT_OF_RANGE = "out_of_range"
    TOO_SHORT = "too_short"
    GRACE_NOTE = "grace_note"
    TIED_IN = "tied_in"
    CUT_OFF = "cut_off"
    DUPLICATE = "duplicate"
    TOO_FULL = "too_full"

    @property
    def sentence(self) -> str:
        """What the code means, for a person."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNREADABLE: "the file or tune cannot be parsed",
    Reason.EMPTY: "it holds no notes",
    Reason.DRUMS: "it is a drum track, and drums have no pitch",
    Reason.POLYPHONIC: "another note sounds at the same time, and a melody has one",
    Reason.OFF_GRID: "it does not fall on the sixteenth grid",
    Reason.TUPLET: "it divides the beat in a way that sixteenths cannot say",
    Reason.METRE_NOT_SUPPORTED: "its metre is not the model's",
    Reason.METRE_CHANGES: "its metre changes within the window",
    Reason.LONG_REST: "a whole bar or more of it is silent",
    Reason.OUT_OF_RANGE: "a pitch lies outside the model's range",
    Reason.TOO_SHORT: "it has fewer bars than the model's window",
    Reason.GRACE_NOTE: "it is an ornament that takes no time of its own",
    Reason.TIED_IN: "it sounds on from before the window",
    Reason.CUT_OFF: "it outlasts the window and ends with it",
    Reason.DUPLICATE: "the same music was already taken",
    Reason.TOO_FULL: "its bar has more tokens than a row of ids holds, and the softest notes go first",
}


@dataclass(frozen=True)
class Dropped:
    """Something that was left out: what, why, and how often (notes, windows or tunes)."""

    what: str
    reason: Reason
    detail: str = ""
    count: int = 1

    def __str__(self) -> str:
        times = f" (×{self.count})" if self.count > 1 else ""
        return f"{self.what}: {self.reason}{times}: {self.detail or self.reason.sentence}"
