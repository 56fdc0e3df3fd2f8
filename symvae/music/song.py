"""A song: what a MIDI file says, as plain arrays, before anyone has heard bars in it.

Times are integer ticks, ``ticks_per_quarter`` to a quarter note. A song knows the file's metre
map, tempo map and tracks; it knows no grid (see `symvae.music.windows`), no file format (see
`symvae.music.io.midi`) and no network. Whoever makes a song keeps its promises: the metre map and the
tempo map start at tick 0 and rise, every note lasts at least one tick, and ``end_tick`` is not
before the last note's end.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from symvae.music.reason import Dropped


@dataclass(frozen=True)
class MetreChange:
    """From ``tick`` on, a bar holds ``numerator`` notes of one ``denominator``-th each."""

    tick: int
    numerator: int
    denominator: int

    @property
    def name(self) -> str:
        """The time signature as musicians write it."""
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class TempoChange:
    """From ``tick`` on, ``qpm`` quarter notes a minute."""

    tick: int
    qpm: float


@dataclass(frozen=True, eq=False)
class Track:
    """One part of a song; one row a note, sorted by onset, then pitch.

    ``controls`` and ``bends`` are kept for whoever writes the song again; no reading looks at them.
    ``dropped`` names what the file has in this part and the rows cannot hold.
    """

    name: str
    program: int
    is_drum: bool
    onset_tick: Int[np.ndarray, " note"]
    duration_tick: Int[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]
    velocity: Int[np.ndarray, " note"]
    controls: Int[np.ndarray, "control 3"] = field(
        default_factory=lambda: np.empty((0, 3), int), kw_only=True
    )
    """Tick, number and value (0 to 127) of each movement of a controller, as of the pedal, front to back."""
    bends: Int[np.ndarray, "bend 2"] = field(default_factory=lambda: np.empty((0, 2), int), kw_only=True)
    """Tick and value (-8192 to 8191) of each pitch bend, front to back."""
    dropped: tuple[Dropped, ...] = field(default=(), kw_only=True)

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
        """The tick at which each note has stopped."""
        return self.onset_tick + self.duration_tick

    def __len__(self) -> int:
        return len(self.pitch)


@dataclass(frozen=True, eq=False)
class Song:
    """A file's metre map, tempo map and tracks.

    ``end_tick`` is where the music ends: at the file's end marker if it has one, at the last
    note's end otherwise. ``name`` is the file's name without its suffix, or empty.
    """

    ticks_per_quarter: int
    metres: tuple[MetreChange, ...]
    tempos: tuple[TempoChange, ...]
    tracks: tuple[Track, ...]
    end_tick: int
    name: str = ""

    @property
    def num_notes(self) -> int:
        """Notes in all tracks together."""
        return sum(len(track) for track in self.tracks)

    def tempo_qpm_at(self, tick: int | float) -> float:
        """The tempo in force at a tick, in quarter notes a minute, to two decimals."""
        return round(float(self.tempo_qpm_of(np.array([tick], np.int64))[0]), 2)

    def tempo_qpm_of(self, tick: Int[np.ndarray, " note"]) -> Float[np.ndarray, " note"]:
        """The tempo in force at each of many ticks."""
        starts, tempos_qpm = self._tempo_columns
        return tempos_qpm[np.maximum(np.searchsorted(starts, tick, side="right") - 1, 0)]

    @cached_property
    def _tempo_columns(self) -> tuple[Int[np.ndarray, " change"], Float[np.ndarray, " change"]]:
        starts = np.array([change.tick for change in self.tempos], np.int64)
        return starts, np.array([change.qpm for change in self.tempos], np.float64)
