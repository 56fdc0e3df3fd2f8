"""Phrase: notes on a grid, with a tempo. The musical object that symvae passes around.

Notes are four parallel arrays, one row a note, sorted by onset, then pitch; a fifth one holds how far each
is played from its step, zero but for drum tracks that were read. A phrase is immutable, and equal to another
when grid, tempo and all arrays are. It knows no file format and no network.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.arguments import checked
from symvae.errors import ArgumentError, PhraseError
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.quantize import resolve_hits, resolve_overlaps

DEFAULT_TEMPO_QPM = 120.0
DEFAULT_VELOCITY = 90
#: Names of the arrays of a phrase.
COLUMNS = ("onset_step", "duration_step", "pitch", "velocity")
Column: TypeAlias = Int[np.ndarray, " note"]
Offsets: TypeAlias = Float[np.ndarray, " note"]
#: Places within a step that an offset is rounded to: those of a written file.
OFFSETS_PER_STEP = 120
#: Placeholder for `DEFAULT_VELOCITY` at every note, until the number of notes is known.
_ONE_FOR_ALL = cast(np.ndarray, None)


@dataclass(frozen=True, eq=False)
class Phrase:
    """Notes on a grid.

    Raises:
        ArgumentError: The grid, an array or the tempo is of a wrong type.
        PhraseError: A note leaves the grid or the ranges of MIDI, or the tempo is not positive.
    """

    grid: Grid
    onset_step: Column = field(default_factory=lambda: np.empty(0, np.int64))
    """Start of each note in steps (sixteenths) from the start of the grid."""
    duration_step: Column = field(default_factory=lambda: np.empty(0, np.int64))
    """Length of each note in steps, at least 1."""
    pitch: Column = field(default_factory=lambda: np.empty(0, np.int64))
    """MIDI note numbers, 0 to 127."""
    velocity: Column = _ONE_FOR_ALL
    """MIDI velocities, 1 to 127; `DEFAULT_VELOCITY` if not given."""
    tempo_qpm: float = DEFAULT_TEMPO_QPM
    """Quarter notes a minute, rounded to two decimals: finer than the resolution of MIDI at any playable
    tempo, so that a phrase is equal after writing and reading."""
    is_drum: bool = False
    """True for a drum track, whose pitches are pieces of a kit."""
    offset_step: Offsets = _ONE_FOR_ALL
    """Distance of each note from its step as played (positive: late), from -0.5 to 0.5 exclusively, rounded
    to a 120th; zeros if not given."""

    def __post_init__(self) -> None:
        velocity = (
            np.full(len(self.pitch), DEFAULT_VELOCITY) if self.velocity is _ONE_FOR_ALL else self.velocity
        )
        given = (self.onset_step, self.duration_step, self.pitch, velocity)
        try:
            columns = [np.asarray(column, np.int64) for column in given]
            tempo_qpm = round(float(self.tempo_qpm), 2)
        except (TypeError, ValueError, OverflowError) as error:
            raise ArgumentError(
                f"A phrase has arrays of whole numbers and a tempo that is a number ({error})."
            ) from error
        if not isinstance(self.grid, Grid):
            raise ArgumentError(f"The grid of a phrase is a Grid, not {self.grid!r:.60}.")
        shapes = [column.shape for column in columns]
        if len(set(shapes)) > 1 or columns[0].ndim != 1:
            raise PhraseError(f"A phrase needs four arrays of one length, not of shapes {shapes}.")
        offset = np.zeros(len(columns[0])) if self.offset_step is _ONE_FOR_ALL else self.offset_step
        if np.shape(offset) != columns[0].shape:
            raise PhraseError(
                f"A phrase of {len(columns[0])} notes needs as many offsets, not {np.shape(offset)}."
            )
        offset = np.rint(np.asarray(offset, np.float64) * OFFSETS_PER_STEP) / OFFSETS_PER_STEP + 0.0
        if not (abs(offset) <= 0.5).all():
            raise PhraseError("An offset is at most half a step, early or late.")
        offset = np.minimum(offset, 0.5 - 1 / OFFSETS_PER_STEP)
        order = np.lexsort((columns[1], offset, columns[2], columns[0]))
        for name, column in zip((*COLUMNS, "offset_step"), (*columns, offset), strict=True):
            column = column[order]
            column.setflags(write=False)
            object.__setattr__(self, name, column)
        object.__setattr__(self, "tempo_qpm", tempo_qpm)
        self._check()

    def _check(self) -> None:
        if not (np.isfinite(self.tempo_qpm) and self.tempo_qpm > 0):
            raise PhraseError(
                f"A tempo is a positive number of quarter notes a minute, not {self.tempo_qpm}."
            )
        if not len(self):
            return
        if (
            self.onset_step[0] < 0
            or self.duration_step.min() < 1
            or self.end_step.max() > self.grid.num_steps
        ):
            raise PhraseError(
                f"Every note lies within the {self.grid.num_steps} steps of the grid and lasts at least one."
            )
        if self.pitch.min() < 0 or self.pitch.max() > 127:
            raise PhraseError("Every pitch is a MIDI note number from 0 to 127.")
        if self.velocity.min() < 1 or self.velocity.max() > 127:
            raise PhraseError("Every velocity is from 1 to 127.")

    @property
    def columns(self) -> tuple[Column, Column, Column, Column]:
        """Onset, duration, pitch and velocity of every note."""
        return self.onset_step, self.duration_step, self.pitch, self.velocity

    @property
    def end_step(self) -> Column:
        """The end of each note, in steps."""
        return self.onset_step + self.duration_step

    @property
    def is_monophonic(self) -> bool:
        """True if no note starts before the end of the note before it."""
        return bool((self.onset_step[1:] >= self.end_step[:-1]).all())

    @property
    def step_sec(self) -> float:
        """Duration of one step, in seconds."""
        return 60.0 / self.tempo_qpm / STEPS_PER_QUARTER

    @property
    def duration_sec(self) -> float:
        """Duration of the whole grid, in seconds."""
        return self.grid.num_steps * self.step_sec

    def __len__(self) -> int:
        return len(self.pitch)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Phrase):
            return NotImplemented
        return (
            self.grid == other.grid
            and self.tempo_qpm == other.tempo_qpm
            and self.is_drum == other.is_drum
            and all(map(np.array_equal, self.columns, other.columns))
            and np.array_equal(self.offset_step, other.offset_step)
        )

    def __hash__(self) -> int:
        return hash(
            (
                self.grid,
                self.tempo_qpm,
                self.is_drum,
                *(column.tobytes() for column in (*self.columns, self.offset_step)),
            )
        )

    def __repr__(self) -> str:
        return (
            f"Phrase({self.grid.bars} bars of {self.grid.metre}, {len(self)} notes, {self.tempo_qpm:g} qpm)"
        )

    def select(self, notes: Bool[np.ndarray, " note"] | Int[np.ndarray, " selected"]) -> "Phrase":
        """The phrase with some of its notes, chosen by a mask or by row numbers."""
        onset, duration, pitch, velocity = (column[notes] for column in self.columns)
        return self.with_notes(onset, duration, pitch, velocity, self.offset_step[notes])

    def with_notes(
        self,
        onset_step: Int[np.ndarray, " new"],
        duration_step: Int[np.ndarray, " new"],
        pitch: Int[np.ndarray, " new"],
        velocity: Int[np.ndarray, " new"],
        offset_step: Float[np.ndarray, " new"] | None = None,
    ) -> "Phrase":
        """The phrase with other notes, on the same grid and at the same tempo.

        Args:
            onset_step: Start of each note, in steps.
            duration_step: Length of each note, in steps.
            pitch: MIDI note numbers.
            velocity: MIDI velocities, 1 to 127.
            offset_step: How far each note is played from its step; None for no offsets.

        Returns:
            A new phrase.
        """
        offset = np.zeros(len(pitch)) if offset_step is None else offset_step
        return Phrase(
            self.grid, onset_step, duration_step, pitch, velocity, self.tempo_qpm, self.is_drum, offset
        )

    def without_overlaps(self) -> "Phrase":
        """The phrase with no pitch sounding twice at once (see `symvae.music.quantize.resolve_overlaps`).

        Hits of drums that share a step stay, as those of a flam.
        """
        if self.is_drum:
            rows, duration = resolve_hits(*self.columns, self.offset_step)
            return self.with_notes(
                self.onset_step[rows], duration, self.pitch[rows], self.velocity[rows], self.offset_step[rows]
            )
        onset, duration, pitch, velocity = resolve_overlaps(*self.columns)
        place = self.onset_step * 128 + self.pitch
        # Of notes that start together the last row is the longest, which stays.
        rows = np.searchsorted(place, onset * 128 + pitch, side="right") - 1
        return self.with_notes(onset, duration, pitch, velocity, self.offset_step[rows])

    def silent(self) -> "Phrase":
        """The phrase without its notes."""
        return self.select(np.zeros(len(self), bool))

    def with_tempo(self, tempo_qpm: float) -> "Phrase":
        """Change the tempo, in quarter notes a minute."""
        return replace(self, tempo_qpm=tempo_qpm)

    def transpose(self, semitones: int) -> "Phrase":
        """Shift all pitches; `PhraseError` if one leaves 0 to 127."""
        return replace(self, pitch=self.pitch + semitones)

    def pad(self, bars: int) -> "Phrase":
        """Add silent bars at the end, up to at least ``bars`` bars."""
        return self if bars <= self.grid.bars else replace(self, grid=self.grid.with_bars(bars))

    def window(self, start_bar: int, bars: int) -> "Phrase":
        """Cut out ``bars`` bars from ``start_bar`` (from 0), on a grid of their own.

        Notes that start before the window are dropped, and notes that outlast it end with it.
        """
        grid = self.grid.with_bars(bars)
        first = start_bar * grid.steps_per_bar
        inside = slice(*np.searchsorted(self.onset_step, [first, first + grid.num_steps]))
        onset, duration, pitch, velocity = (column[inside] for column in self.columns)
        onset = onset - first
        duration = np.minimum(duration, grid.num_steps - onset)
        offset = self.offset_step[inside]
        return Phrase(grid, onset, duration, pitch, velocity, self.tempo_qpm, self.is_drum, offset)


@checked
def join(phrases: Iterable[Phrase]) -> Phrase:
    """Concatenate phrases in time, at the tempo of the first; drums if the first is.

    Raises:
        PhraseError: There are no phrases, or their metres differ.
        ArgumentError: One of them is no phrase.
    """
    phrases = list(phrases)
    if other := [each for each in phrases if not isinstance(each, Phrase)]:
        raise ArgumentError(f"Phrases are joined, and {other[0]!r:.60} is none. Read it with symvae.read.")
    if not phrases:
        raise PhraseError("There is nothing to join: give at least one phrase.")
    first = phrases[0]
    if len({p.grid.metre for p in phrases}) > 1:
        raise PhraseError(
            f"Phrases of different metres cannot be joined: {sorted({p.grid.metre for p in phrases})}."
        )
    starts = np.cumsum([0] + [p.grid.num_steps for p in phrases[:-1]])
    columns = zip(*(p.columns for p in phrases), strict=True)
    onset, duration, pitch, velocity = (np.concatenate(column) for column in columns)
    onset = onset + np.repeat(starts, [len(p) for p in phrases])
    grid = first.grid.with_bars(sum(p.grid.bars for p in phrases))
    offset = np.concatenate([p.offset_step for p in phrases])
    return Phrase(grid, onset, duration, pitch, velocity, first.tempo_qpm, first.is_drum, offset)


def as_one(phrases: Phrase | Iterable[Phrase]) -> Phrase:
    """A single phrase as it is, several joined."""
    return phrases if isinstance(phrases, Phrase) else join(phrases)
