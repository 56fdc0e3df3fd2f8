"""Song: the metre map, tempo map and tracks of a file as plain arrays, in ticks.

Invariants, established by `symvae.music.io.validate`: the metre map and the tempo map start at tick 0 and
ascend, every note lasts at least one tick, and ``end_tick`` is not before the end of the last note. A song
knows no grid (see `symvae.music.windows`) and no network. The events of its file it only carries (see
`symvae.music.io`).
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.music.chord_symbols import ChordChange
from symvae.music.reason import Dropped

if TYPE_CHECKING:
    from symvae.music.io.events import MidiFile
    from symvae.music.io.repairs import Repaired


@dataclass(frozen=True)
class MetreChange:
    """A time signature that holds from ``tick`` on."""

    tick: int
    numerator: int
    denominator: int

    @property
    def name(self) -> str:
        """The time signature as text, such as "6/8"."""
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class TempoChange:
    """A tempo, in quarter notes a minute, that holds from ``tick`` on."""

    tick: int
    qpm: float


@dataclass(frozen=True, eq=False)
class Track:
    """One part of a song: four parallel arrays, one row a note, sorted by onset, then pitch."""

    name: str
    program: int
    """General MIDI program of most notes, 0 to 127; the drum kit of a drum track."""
    is_drum: bool
    onset_tick: Int[np.ndarray, " note"]
    duration_tick: Int[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    controls: Int[np.ndarray, "control 3"] = field(
        default_factory=lambda: np.empty((0, 3), int), kw_only=True
    )
    """Tick, number and value (0 to 127) of each control change of its channels, in time order."""
    bends: Int[np.ndarray, "bend 2"] = field(default_factory=lambda: np.empty((0, 2), int), kw_only=True)
    """Tick and value (-8192 to 8191) of each pitch bend of its channels, in time order."""
    channels: tuple[int, ...] = field(default=(), kw_only=True)
    """Channels of a part that was read from a MIDI file, 1 to 16, the busiest first."""
    programs: tuple[int, ...] = field(default=(), kw_only=True)
    """All programs under which its notes sound, the most common first."""
    dropped: tuple[Dropped, ...] = field(default=(), kw_only=True)
    """Music of this part that was dropped while the file was read, such as grace notes."""

    def __post_init__(self) -> None:
        columns = [np.asarray(column, np.int64) for column in self.columns]
        order = np.lexsort((columns[1], columns[2], columns[0]))
        names = ("onset_tick", "duration_tick", "pitch", "velocity")
        for name, column in zip(names, columns, strict=True):
            column = column[order]
            column.setflags(write=False)
            object.__setattr__(self, name, column)

    @classmethod
    def empty(cls, name: str = "", program: int = 0) -> "Track":
        """A pitched track without notes."""
        return cls(name, program, False, *(np.empty(0, np.int64) for _ in range(4)))

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Onset, duration, pitch and velocity of every note."""
        return self.onset_tick, self.duration_tick, self.pitch, self.velocity

    @property
    def end_tick(self) -> Int[np.ndarray, " note"]:
        """The end of each note, in ticks."""
        return self.onset_tick + self.duration_tick

    def select(self, notes: Bool[np.ndarray, " note"] | slice) -> "Track":
        """The track with some of its notes, chosen by a mask or a slice of rows."""
        return self.with_notes(*(column[notes] for column in self.columns))

    def with_notes(
        self,
        onset_tick: Int[np.ndarray, " new"],
        duration_tick: Int[np.ndarray, " new"],
        pitch: Int[np.ndarray, " new"],
        velocity: Int[np.ndarray, " new"],
    ) -> "Track":
        """The track with other notes; name, program and controllers stay.

        Args:
            onset_tick: Start of each note, in ticks.
            duration_tick: Length of each note, in ticks.
            pitch: MIDI note numbers.
            velocity: MIDI velocities, 1 to 127.

        Returns:
            A new track.
        """
        return replace(
            self, onset_tick=onset_tick, duration_tick=duration_tick, pitch=pitch, velocity=velocity
        )

    def __len__(self) -> int:
        return len(self.pitch)


@dataclass(frozen=True, eq=False)
class Song:
    """Metre map, tempo map and tracks of a file."""

    ticks_per_quarter: int
    metres: tuple[MetreChange, ...]
    tempos: tuple[TempoChange, ...]
    tracks: tuple[Track, ...]
    end_tick: int
    """The end of the music: the end marker of the file if it has one, else the end of the last note."""
    name: str = ""
    """The name of the file without its suffix, or empty."""
    events: "MidiFile | None" = field(default=None, repr=False)
    """The MIDI file that the song was read from, with everything that is no note; None for other sources."""
    repairs: "tuple[Repaired, ...]" = ()
    """What the reader of the file tolerated."""
    title: str = ""
    """The title that a score has, or empty."""
    chords: tuple[ChordChange, ...] = ()
    """Chord symbols of the file, by ascending tick."""
    chords_from: str = ""
    """Place of the chord symbols in the file, in words; empty where it has none."""

    @property
    def num_notes(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track) for track in self.tracks)

    @cached_property
    def onset_quarter(self) -> Float[np.ndarray, " onset"]:
        """Distinct onsets of all tracks, in quarters."""
        onset_tick = [np.empty(0, np.int64), *(track.onset_tick for track in self.tracks)]
        return np.unique(np.concatenate(onset_tick)) / self.ticks_per_quarter

    def tempo_qpm_at(self, tick: int | float) -> float:
        """The tempo at a tick, in quarter notes a minute, rounded to two decimals."""
        return round(float(self.tempo_qpm_of(np.array([tick], np.int64))[0]), 2)

    def tempo_qpm_of(self, tick: Int[np.ndarray, " note"]) -> Float[np.ndarray, " note"]:
        """The tempo at each of many ticks, in quarter notes a minute."""
        starts, tempos_qpm = self._tempo_columns
        return tempos_qpm[np.maximum(np.searchsorted(starts, tick, side="right") - 1, 0)]

    @cached_property
    def _tempo_columns(self) -> tuple[Int[np.ndarray, " change"], Float[np.ndarray, " change"]]:
        starts = np.array([change.tick for change in self.tempos], np.int64)
        return starts, np.array([change.qpm for change in self.tempos], np.float64)
