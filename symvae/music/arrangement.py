"""Arrangement: named phrases on one grid, the melody, bass and drums of a trio.

A part may be absent: a duo is a trio without drums. A part without notes is absent too, so that an
arrangement has one form, whether a track is missing or rests throughout. Each part has the General MIDI
program that it is played with. An arrangement is immutable, as its phrases are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from symvae.errors import ArgumentError, PhraseError
from symvae.music.grid import Grid
from symvae.music.phrase import DEFAULT_TEMPO_QPM, Column, Offsets, Phrase, join

#: Names of the parts, in the order of tracks in a file.
PARTS = MELODY, BASS, DRUMS = ("melody", "bass", "drums")
#: General MIDI program of each part where none is given: piano, fingered bass, standard kit.
PROGRAMS: Mapping[str, int] = MappingProxyType({MELODY: 0, BASS: 33, DRUMS: 0})


@dataclass(frozen=True)
class Arrangement:
    """Phrases by the name of their part.

    Raises:
        ArgumentError: A part has another name than those of `PARTS`, or is no phrase.
        PhraseError: A part is on another grid, drums are pitched, or another part is a drum track.
    """

    grid: Grid
    parts: Mapping[str, Phrase] = field(default_factory=dict)
    """Phrase of each part that plays, in the order of `PARTS`, all at the tempo of the arrangement."""
    tempo_qpm: float = DEFAULT_TEMPO_QPM
    """Quarter notes a minute, rounded to two decimals."""
    programs: Mapping[str, int] = field(default_factory=dict)
    """General MIDI program of each part that plays; by default those of `PROGRAMS`."""

    def __post_init__(self) -> None:
        for name in (*self.parts, *self.programs):
            if name not in PARTS:
                raise ArgumentError(f"The parts of an arrangement are {', '.join(PARTS)}, not {name!r}.")
        for name, phrase in self.parts.items():
            if not isinstance(phrase, Phrase):
                raise ArgumentError(f"The {name} of an arrangement is a phrase, not {phrase!r:.60}.")
            if phrase.grid != self.grid:
                raise PhraseError(
                    f"The {name} has {phrase.grid.bars} bars of {phrase.grid.metre}, and the arrangement "
                    f"{self.grid.bars} of {self.grid.metre}. Cut or pad it first."
                )
            if len(phrase) and phrase.is_drum != (name == DRUMS):
                raise PhraseError(
                    f"The {name} is a {'drum' if phrase.is_drum else 'pitched'} track. "
                    "Only the part named drums takes a drum track, and no other."
                )
        tempo_qpm = round(float(self.tempo_qpm), 2)
        plays = [name for name in PARTS if name in self.parts and len(self.parts[name])]
        parts = {name: self.parts[name].with_tempo(tempo_qpm) for name in plays}
        programs = {name: int(self.programs.get(name, PROGRAMS[name])) for name in plays}
        object.__setattr__(self, "tempo_qpm", tempo_qpm)
        object.__setattr__(self, "parts", MappingProxyType(parts))
        object.__setattr__(self, "programs", MappingProxyType(programs))

    def __hash__(self) -> int:
        return hash((self.grid, self.tempo_qpm, *self.parts.items(), *self.programs.items()))

    def __reduce__(self) -> tuple[type["Arrangement"], tuple[object, ...]]:
        return Arrangement, (self.grid, dict(self.parts), self.tempo_qpm, dict(self.programs))

    def __len__(self) -> int:
        return sum(map(len, self.parts.values()))

    def __repr__(self) -> str:
        notes = ", ".join(f"{name} {len(phrase)}" for name, phrase in self.parts.items()) or "silent"
        return f"Arrangement({self.grid.bars} bars of {self.grid.metre}, {notes}, {self.tempo_qpm:g} qpm)"

    @property
    def is_drum(self) -> bool:
        """True if only drums play."""
        return set(self.parts) == {DRUMS}

    @property
    def lead(self) -> Phrase:
        """The first part that plays, by which near-duplicates are found; an empty phrase for silence."""
        return next(iter(self.parts.values()), Phrase(self.grid, tempo_qpm=self.tempo_qpm))

    @cached_property
    def pitched(self) -> Phrase:
        """Notes of melody and bass as one phrase."""
        return self._merged([phrase for name, phrase in self.parts.items() if name != DRUMS])

    @cached_property
    def merged(self) -> Phrase:
        """Notes of all parts as one phrase; hits of drums are notes of their pitches."""
        return self._merged(list(self.parts.values()))

    @property
    def onset_step(self) -> Column:
        """Start of each note of all parts, in steps, as in `merged`."""
        return self.merged.onset_step

    @property
    def end_step(self) -> Column:
        """End of each note of all parts, in steps."""
        return self.merged.end_step

    @property
    def pitch(self) -> Column:
        """MIDI note number of each note of all parts."""
        return self.merged.pitch

    @property
    def offset_step(self) -> Offsets:
        """Distance of each note of all parts from its step, in steps."""
        return self.merged.offset_step

    @property
    def velocity(self) -> Column:
        """MIDI velocity of each note of all parts."""
        return self.merged.velocity

    @property
    def is_monophonic(self) -> bool:
        """True if melody and bass are lines: in each one note sounds at a time."""
        return all(phrase.is_monophonic for name, phrase in self.parts.items() if name != DRUMS)

    @property
    def duration_sec(self) -> float:
        """Duration of the whole grid, in seconds."""
        return self.lead.duration_sec

    def part(self, name: str) -> Phrase:
        """Return a part; an empty phrase where it is absent."""
        empty = Phrase(self.grid, tempo_qpm=self.tempo_qpm, is_drum=name == DRUMS)
        return self.parts.get(name, empty)

    def only(self, names: Iterable[str]) -> "Arrangement":
        """The arrangement with some of its parts."""
        kept = set(names)
        return self.with_parts({name: phrase for name, phrase in self.parts.items() if name in kept})

    def with_parts(self, parts: Mapping[str, Phrase]) -> "Arrangement":
        """The arrangement with other parts, on the same grid, at the same tempo, with the same programs."""
        return replace(self, parts=parts)

    def silent(self) -> "Arrangement":
        """The arrangement without its notes."""
        return self.with_parts({})

    def with_tempo(self, tempo_qpm: float) -> "Arrangement":
        """Change the tempo, in quarter notes a minute."""
        return replace(self, tempo_qpm=tempo_qpm)

    def transpose(self, semitones: int) -> "Arrangement":
        """Shift all pitches but those of drums; `PhraseError` if one leaves 0 to 127."""
        moved = {
            name: phrase if name == DRUMS else phrase.transpose(semitones)
            for name, phrase in self.parts.items()
        }
        return self.with_parts(moved)

    def pad(self, bars: int) -> "Arrangement":
        """Add silent bars at the end, up to at least ``bars`` bars."""
        if bars <= self.grid.bars:
            return self
        padded = {name: phrase.pad(bars) for name, phrase in self.parts.items()}
        return replace(self, grid=self.grid.with_bars(bars), parts=padded)

    def window(self, start_bar: int, bars: int) -> "Arrangement":
        """Cut out ``bars`` bars from ``start_bar`` (from 0), each part as `Phrase.window` does."""
        cut = {name: phrase.window(start_bar, bars) for name, phrase in self.parts.items()}
        return replace(self, grid=self.grid.with_bars(bars), parts=cut)

    def _merged(self, phrases: list[Phrase]) -> Phrase:
        none = [np.zeros(0)]
        columns = [np.concatenate([phrase.columns[i] for phrase in phrases] or none) for i in range(4)]
        onset, duration, pitch, velocity = (column.astype(np.int64) for column in columns)
        offset = np.concatenate([phrase.offset_step for phrase in phrases] or none)
        return Phrase(self.grid, onset, duration, pitch, velocity, self.tempo_qpm, offset_step=offset)


#: Music on a grid, one part or several: the model that is loaded decides which, and no type checker can know.
if TYPE_CHECKING:
    AnyPhrase: TypeAlias = Any
else:
    AnyPhrase = Phrase | Arrangement


def as_arrangement(phrase: AnyPhrase) -> Arrangement:
    """An arrangement as it is; a phrase as one of a single part, drums or melody."""
    if isinstance(phrase, Arrangement):
        return phrase
    name = DRUMS if phrase.is_drum else MELODY
    return Arrangement(phrase.grid, {name: phrase}, phrase.tempo_qpm)


def lead_of(phrase: AnyPhrase) -> Phrase:
    """A phrase as it is; of an arrangement its lead: the melody, or the first part that plays."""
    return phrase.lead if isinstance(phrase, Arrangement) else phrase


def pitched_of(phrase: AnyPhrase) -> Phrase:
    """A phrase as it is; of an arrangement the notes of melody and bass."""
    return phrase.pitched if isinstance(phrase, Arrangement) else phrase


def merged_of(phrase: AnyPhrase) -> Phrase:
    """A phrase as it is; of an arrangement the notes of all parts."""
    return phrase.merged if isinstance(phrase, Arrangement) else phrase


def join_arrangements(arrangements: Iterable[Arrangement]) -> Arrangement:
    """Concatenate arrangements in time, at the tempo of the first, each part with its first program.

    Raises:
        PhraseError: There are none, or their metres differ.
    """
    arrangements = list(arrangements)
    if not arrangements:
        raise PhraseError("There is nothing to join: give at least one arrangement.")
    plays = [name for name in PARTS if any(name in each.parts for each in arrangements)]
    parts = {name: join(each.part(name) for each in arrangements) for name in plays}
    programs = {
        name: next(each.programs[name] for each in arrangements if name in each.programs) for name in plays
    }
    grid = arrangements[0].grid.with_bars(sum(each.grid.bars for each in arrangements))
    return Arrangement(grid, parts, arrangements[0].tempo_qpm, programs)


def join_any(music: Iterable[AnyPhrase]) -> AnyPhrase:
    """Concatenate phrases, or arrangements; raises as `join_arrangements` and `join`."""
    several = list(music)
    if any(isinstance(each, Arrangement) for each in several):
        return join_arrangements(as_arrangement(each) for each in several)
    return join(each for each in several if isinstance(each, Phrase))
