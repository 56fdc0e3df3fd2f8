"""Written music: the bars of a score as they stand on the page, before repeats are expanded.

ABC and MusicXML are both parsed into these types, so that repeats, pickups, ties and the metre map are
implemented once. Times are in quarter notes from the start of their bar. This module knows no format.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from symvae.music.chord_symbols import ChordSymbol
from symvae.music.reason import Dropped, Reason

#: Two lengths that differ by less are equal: far below a 128th note, far above the rounding of fractions.
TOLERANCE_QUARTER = 0.01


class Note(NamedTuple):
    """A note of a bar. A tie joins it to a note of the same pitch that starts where it ends."""

    onset_quarter: float
    duration_quarter: float
    pitch: int
    tied: bool = False
    staff: int = 1
    unpitched: bool = False


class Jump(Enum):
    """A jump at the end of a bar."""

    DA_CAPO = "da capo"
    DAL_SEGNO = "dal segno"


@dataclass
class Bar:
    """A bar, or a fragment of one where a sign such as ``:|`` stands in its middle."""

    metre: tuple[int, int] | None
    """Time signature; None in free metre."""
    number: int = 0
    """Number as written, from 1, pickups included."""
    length_quarter: float = 0.0
    """End of its last note or rest."""
    notes: dict[int, list[Note]] = field(default_factory=dict)
    """Notes of each part."""
    opens_repeat: bool = False
    closes_repeat: int = 0
    """Number of times that the repeat which ends here is played; 0 where none ends."""
    repeats_after_jump: bool = False
    """The repeat that ends here is taken after a jump, too."""
    ends_section: bool = False
    """A double bar line follows."""
    ending: tuple[int, ...] = ()
    """Passes on which it is played: the numbers of the bracket above it."""
    starts_ending: bool = False
    jump: Jump | None = None
    jump_needs_fine: bool = False
    """The jump is written as mere words, and followed only if a Fine or a coda tells how far."""
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    label: str = ""
    """Label of the part that begins here (ABC's field P)."""
    tempo_qpm: float | None = None
    """Tempo in force at its start, None before the first mark."""
    tempo_changes: list[tuple[float, float]] = field(default_factory=list)
    """Start in quarters and tempo of each mark within the bar."""
    chords: list[tuple[float, ChordSymbol]] = field(default_factory=list)
    """Start in quarters and chord of each chord symbol."""

    @property
    def full_quarter(self) -> float | None:
        """Length of a full bar of its metre; None in free metre."""
        return None if self.metre is None else 4 * self.metre[0] / self.metre[1]

    @property
    def is_blank(self) -> bool:
        """True if it has neither notes nor rests."""
        return not self.length_quarter


@dataclass
class Part:
    """Name and instrument of a part."""

    name: str = ""
    program: int = 0
    is_drum: bool = False
    dropped: tuple[Dropped, ...] = ()


@dataclass
class WrittenScore:
    """One piece as written."""

    number: str
    """Number in its tune book; empty for a score."""
    title: str
    bars: list[Bar]
    parts: list[Part]
    play_order: str = ""
    """Order of the labeled parts (ABC's field P), such as "AABA"; empty: as written."""


def left_out(num_grace: int, num_cue: int, unread_chords: int) -> tuple[Dropped, ...]:
    """Account of what the parser of a part left out.

    Args:
        num_grace: Grace notes.
        num_cue: Cue notes.
        unread_chords: Chord symbols that are not understood.

    Returns:
        One entry for each that there are any of.
    """
    counts = (
        ("notes", Reason.GRACE_NOTE, num_grace),
        ("notes", Reason.CUE_NOTE, num_cue),
        ("chords", Reason.CHORD_SYMBOL, unread_chords),
    )
    return tuple(Dropped(what, reason, count=count) for what, reason, count in counts if count)


def merged(voices: Sequence[Sequence[Bar]]) -> list[Bar]:
    """Lay the bars of all voices over each other; a sign in one voice holds for all.

    Args:
        voices: Bars of each voice, which share no list of notes.

    Returns:
        As many bars as the longest voice has.
    """
    longest = max(voices, key=len, default=[])
    bars = list(voices[0]) + list(longest[len(voices[0]) :]) if voices else []
    for voice in voices:
        for bar, other in zip(bars, voice, strict=False):
            if other is bar:
                continue
            bar.notes.update(other.notes)
            bar.length_quarter = max(bar.length_quarter, other.length_quarter)
            bar.closes_repeat = max(bar.closes_repeat, other.closes_repeat)
            bar.ending = bar.ending or other.ending
            bar.jump = bar.jump or other.jump
            bar.jump_needs_fine = bar.jump_needs_fine and other.jump_needs_fine
            bar.tempo_changes = bar.tempo_changes or other.tempo_changes
            bar.chords = bar.chords or other.chords
            if bar.tempo_qpm is None:
                bar.tempo_qpm = other.tempo_qpm
            for sign in _SIGNS:
                if getattr(other, sign):
                    setattr(bar, sign, True)
    return bars


_SIGNS = (
    "opens_repeat",
    "repeats_after_jump",
    "ends_section",
    "starts_ending",
    "segno",
    "coda",
    "to_coda",
    "fine",
)
