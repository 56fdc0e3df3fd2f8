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
        """The fault and how it is read; ``{n}`` stands for the count."""
        return _SENTENCES[self]


_SENTENCES = {
    Repair.UNWRAPPED: "the MIDI data is inside another format (RMID, MacBinary …), which is left out",
    Repair.CUT_TRACK: "{n} of the tracks are cut off: their complete events are read",
    Repair.DAMAGED_TRACK: "{n} of the tracks are damaged: their events before the damage are read",
    Repair.MISSING_TRACK: "{n} of the tracks that the header declares are missing",
    Repair.CLIPPED_BYTE: "{n} data bytes above 127 are read as 127",
    Repair.UNKNOWN_STATUS: "{n} system messages have no place in a file and are ignored",
    Repair.NO_NOTE_OFF: "{n} notes without a note-off end where their pitch starts again, or with the file",
    Repair.IMPOSSIBLE_TEMPO: "{n} impossible tempos (0, or not three bytes) are skipped",
    Repair.IMPOSSIBLE_METRE: "{n} impossible time signatures (such as 0/4) are skipped",
    Repair.PATTERNS: "the file has {n} independent patterns (format 2), which are read one after another",
}


@dataclass(frozen=True)
class Repaired:
    """A kind of fault, and how often it was met."""

    kind: Repair
    count: int

    def __str__(self) -> str:
        return self.kind.sentence.format(n=self.count)


def repaired(counts: Mapping[Repair, int]) -> tuple[Repaired, ...]:
    """The repairs with a count above 0, in the order of the kinds."""
    return tuple(Repaired(kind, counts[kind]) for kind in Repair if counts.get(kind))


def merged(*repairs: tuple[Repaired, ...]) -> tuple[Repaired, ...]:
    """Add up repairs of one kind."""
    counts: Counter[Repair] = Counter()
    for each in (each for group in repairs for each in group):
        counts[each.kind] += each.count
    return repaired(counts)
