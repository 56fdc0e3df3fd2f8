"""Drop reasons: one code for each cause, the same in reports, data cards and errors.

Nothing is dropped without one of these. The code is for scripts, the sentence for people.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A cause for dropping a file, a track, a window or a note."""

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
    CUE_NOTE = "cue_note"
    TIED_IN = "tied_in"
    CUT_OFF = "cut_off"
    DUPLICATE = "duplicate"
    TOO_FULL = "too_full"
    SAME_CELL = "same_cell"
    NO_DRUMS = "no_drums"
    NO_BASS = "no_bass"
    NO_MELODY = "no_melody"
    MISALIGNED = "misaligned"
    CHORD_SYMBOL = "chord_symbol"
    TOOK_TOO_LONG = "took_too_long"
    TOOK_TOO_MUCH_MEMORY = "took_too_much_memory"
    READER_FAILED = "reader_failed"
    SILENT = "silent"
    NO_CLASS = "no_class"

    @property
    def sentence(self) -> str:
        """The meaning of the code in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNREADABLE: "the file or tune cannot be parsed",
    Reason.EMPTY: "it has no notes",
    Reason.DRUMS: "it is a drum track, and drums have no pitch",
    Reason.POLYPHONIC: "another note sounds at the same time, and a melody has one voice",
    Reason.OFF_GRID: "it is not on the sixteenth grid",
    Reason.TUPLET: "it is a tuplet, which sixteenths cannot notate",
    Reason.METRE_NOT_SUPPORTED: "its metre is not the metre of the model",
    Reason.METRE_CHANGES: "its metre changes within the window",
    Reason.LONG_REST: "it is silent for a whole bar or longer",
    Reason.OUT_OF_RANGE: "a pitch is outside the range of the model",
    Reason.TOO_SHORT: "it has fewer bars than the window of the model",
    Reason.GRACE_NOTE: "it is an ornament without a duration of its own",
    Reason.CUE_NOTE: "it is a cue, which shows what another instrument plays",
    Reason.TIED_IN: "it starts before the window and sounds into it",
    Reason.CUT_OFF: "it outlasts the window and ends with it",
    Reason.DUPLICATE: "the same music is there already",
    Reason.TOO_FULL: "its bar has more tokens than the model can take; the softest notes are dropped first",
    Reason.SAME_CELL: "another hit of its drum class falls in the same cell, as in a flam",
    Reason.NO_DRUMS: "it has no drum track",
    Reason.NO_BASS: "it has no bass track: none is named so, has a bass program or is the lowest of several",
    Reason.NO_MELODY: "it has no melody track: none is named so or lies above the bass with few chords",
    Reason.MISALIGNED: "its notes do not lie on the bars that it states",
    Reason.CHORD_SYMBOL: "it is no chord symbol that is understood",
    Reason.TOOK_TOO_LONG: "reading the file takes more processor time than a file may take",
    Reason.TOOK_TOO_MUCH_MEMORY: "reading the file takes more memory than a file may take",
    Reason.READER_FAILED: "the reader failed on the file in a way that it should not",
    Reason.SILENT: "it is silent, or too short to be heard as more than a click",
    Reason.NO_CLASS: "neither an index nor its name tells the class of drum",
}


@dataclass(frozen=True)
class Dropped:
    """Music that was dropped."""

    what: str
    """The thing: "notes", "window", "track 3" or the name of a tune."""
    reason: Reason
    detail: str = ""
    """The particular case in words, if the reason's sentence is too general."""
    count: int = 1
    """Number of notes, windows or tunes."""

    def __str__(self) -> str:
        times = f" (×{self.count})" if self.count > 1 else ""
        return f"{self.what}: {self.reason}{times}: {self.detail or self.reason.sentence}"
