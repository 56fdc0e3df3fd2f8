"""Repairs: what a reader tolerated in a MIDI file, with a count and a sentence for each kind.

Players accept files with small faults, and so does symvae; unlike players it says so.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Repair(StrEnum):
    """A fault of a file that is read all the same."""

    UNWRAPPED = "unwrapped"
    CUT_TRACK = "cut_track"
    DAMAGED_TRACK = "damaged_track"
    MISSING_TRACK = "missing_track"
    CLIPPED_BYTE = "clipped_byte"
    UNKNOWN_STATUS = "unknown_status"
    NO_NOTE_OFF = "no_note_off"
    IMPOSSIBLE_TEMPO = "impossible_tempo"
    IMPOSSIBLE_METRE = "impossible_metre"
    PATTERNS = "patterns"

    @property
    def sentence(self) -> str:
        """The fault and how it is read."""
        return _SENTENCES[self]


_SENTENCES = {
    Repair.UNWRAPPED: "the MIDI data inside another format (RMID, MacBinary …) is taken out of it",
    Repair.CUT_TRACK: "a track that is cut off is read up to its last complete event",
    Repair.DAMAGED_TRACK: "a damaged track is read up to the damage",
    Repair.MISSING_TRACK: "a track that the header declares is missing",
    Repair.CLIPPED_BYTE: "a data byte above 127 is read as 127",
    Repair.UNKNOWN_STATUS: "a system message that has no place in a file is ignored",
    Repair.NO_NOTE_OFF: "a note without a note-off ends where its pitch starts again, or with the file",
    Repair.IMPOSSIBLE_TEMPO: "an impossible tempo (0, or not three bytes) is skipped",
    Repair.IMPOSSIBLE_METRE: "an impossible time signature (such as 0/4) is skipped",
    Repair.PATTERNS: "an independent pattern (format 2) is read after the one before",
}


@dataclass(frozen=True)
class Repaired:
    """A kind of fault, and how often it was met."""

    kind: Repair
    count: int

    def __str__(self) -> str:
        return self.kind.sentence + (f" (×{self.count})" if self.count > 1 else "")


def repaired(counts: Mapping[Repair, int]) -> tuple[Repaired, ...]:
    """The repairs with a count above 0, in the order of the kinds."""
    return tuple(Repaired(kind, counts[kind]) for kind in Repair if counts.get(kind))


def merged(*repairs: tuple[Repaired, ...]) -> tuple[Repaired, ...]:
    """Add up repairs of one kind."""
    counts: Counter[Repair] = Counter()
    for each in (each for group in repairs for each in group):
        counts[each.kind] += each.count
    return repaired(counts)
