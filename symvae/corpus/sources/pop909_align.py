"""Align an original POP909 song with its beat annotation: 4/4, one tempo, bars where they belong.

In the MIDI files of POP909 times in seconds are right and bars are wrong: three of four files are marked 1/4,
and the first beat has a random phase. The beats are annotated beside each song in ``beat_midi.txt``, a row a
beat:

    0.7219  1.0  0.0      time of the beat in seconds
                          1 where a half bar may begin (every other beat)
                          1 where a bar begins

The time of a note in beats is interpolated linearly between the two beats around it, and extrapolated by the
median beat outside the annotation. A bar is four beats throughout, though some annotations shift by half a
bar on their way: bars begin on the most common phase of the annotated downbeats, modulo four, and of two
equally common phases on the one annotated first. Bar 0 holds the first note. The tempo is that of the median
beat, so a ritardando is lost, but its notes stay on their beats.

About 3 % of the songs have a downbeat every six beats; they are dropped. Notes are not quantized here:
`symvae.music.windows` does that.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.errors import CorpusError
from symvae.files.limit import shown
from symvae.files.limits import CSV_MIB
from symvae.files.plain import read_bytes
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import TICKS_PER_QUARTER
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track

BEAT_FILE = "beat_midi.txt"
BEATS_PER_BAR = 4
#: With fewer annotated downbeats the distance between them is not known.
FEWEST_DOWNBEATS = 3


@dataclass(frozen=True, eq=False)
class Beats:
    """The annotated beats of a song, in order of time."""

    time_sec: Float[np.ndarray, " beat"]
    is_downbeat: Bool[np.ndarray, " beat"]

    @property
    def downbeat(self) -> Int[np.ndarray, " bar"]:
        """Indices of the beats on which a bar begins."""
        return np.flatnonzero(self.is_downbeat)

    @property
    def period_sec(self) -> float:
        """Median duration of a beat in seconds."""
        return float(np.median(np.diff(self.time_sec)))

    @property
    def beats_per_bar(self) -> int:
        """Most common distance between two downbeats."""
        return Counter(np.diff(self.downbeat).tolist()).most_common(1)[0][0]

    @property
    def phase(self) -> int:
        """Most common downbeat modulo four; of equally common ones the first annotated."""
        return Counter((self.downbeat % BEATS_PER_BAR).tolist()).most_common(1)[0][0]

    def at(self, time_sec: Float[np.ndarray, " note"]) -> Float[np.ndarray, " note"]:
        """Convert seconds to beats, counted from the first annotated beat."""
        last = len(self.time_sec) - 1
        inside = np.interp(time_sec, self.time_sec, np.arange(last + 1))
        before = np.minimum(time_sec - self.time_sec[0], 0) / self.period_sec
        after = np.maximum(time_sec - self.time_sec[-1], 0) / self.period_sec
        return before + inside + after


def load_aligned(song_folder: Path, name: str) -> Song | Dropped:
    """Load a song from an original folder ("001" with 001.mid and beat_midi.txt) and align it.

    A song whose bars cannot be found is a drop. Raises `MidiError` for a MIDI file that cannot be read.
    """
    song = load(song_folder / f"{song_folder.name}.mid")
    try:
        beats = read_beats(song_folder / BEAT_FILE)
    except CorpusError as fault:
        return Dropped(name, Reason.UNREADABLE, str(fault))
    if len(beats.downbeat) < FEWEST_DOWNBEATS:
        detail = f"{BEAT_FILE} marks {len(beats.downbeat)} downbeats, too few to find the bars"
        return Dropped(name, Reason.TOO_SHORT, detail)
    if beats.beats_per_bar != BEATS_PER_BAR:
        detail = f"a bar begins every {beats.beats_per_bar} beats, not every {BEATS_PER_BAR}"
        return Dropped(name, Reason.METRE_NOT_SUPPORTED, detail)
    if not song.num_notes:
        return Dropped(name, Reason.EMPTY)
    return align(song, beats)


def read_beats(path: Path) -> Beats:
    """Read a ``beat_midi.txt``.

    Raises:
        CorpusError: For a file that cannot be read, with the row at fault.
    """
    lines = read_bytes(path, CSV_MIB, CorpusError).decode("utf-8", errors="replace").splitlines()
    rows: list[tuple[float, float]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            time_sec, _, downbeat = (float(word) for word in line.split())
        except ValueError:
            raise CorpusError(f"{path}, row {number}: {shown(line)} is not a time and two flags.") from None
        if not np.isfinite(time_sec) or (rows and time_sec <= rows[-1][0]):
            raise CorpusError(f"{path}, row {number}: {time_sec:g} s is not later than the beat before.")
        rows.append((time_sec, downbeat))
    table = np.array(rows).reshape(-1, 2)
    return Beats(table[:, 0], table[:, 1] > 0)


def align(song: Song, beats: Beats) -> Song:
    """Move the notes of a song to the annotated beats: 4/4, one tempo, first note in bar 0."""
    starts = [_tick(song, beats, track.onset_tick) for track in song.tracks]
    ends = [_tick(song, beats, track.end_tick) for track in song.tracks]
    first = min(int(start.min()) for start in starts if len(start))
    bar_tick = BEATS_PER_BAR * TICKS_PER_QUARTER
    phase_tick = beats.phase * TICKS_PER_QUARTER
    origin = first - (first - phase_tick) % bar_tick
    tracks = tuple(
        _moved(track, start - origin, end - origin)
        for track, start, end in zip(song.tracks, starts, ends, strict=True)
    )
    return Song(
        TICKS_PER_QUARTER,
        metres=(MetreChange(0, BEATS_PER_BAR, 4),),
        tempos=(TempoChange(0, 60.0 / beats.period_sec),),
        tracks=tracks,
        end_tick=max(int(track.end_tick.max()) for track in tracks if len(track)),
        name=song.name,
    )


def _moved(track: Track, start: Int[np.ndarray, " note"], end: Int[np.ndarray, " note"]) -> Track:
    return replace(track, onset_tick=start, duration_tick=np.maximum(end - start, 1))


def _tick(song: Song, beats: Beats, tick: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Convert ticks of the song to ticks from the first annotated beat."""
    return np.rint(beats.at(_time_sec(song, tick)) * TICKS_PER_QUARTER).astype(np.int64)


def _time_sec(song: Song, tick: Int[np.ndarray, " note"]) -> Float[np.ndarray, " note"]:
    """Time of each tick in seconds."""
    change = np.array([tempo.tick for tempo in song.tempos], np.int64)
    tick_sec = 60.0 / song.ticks_per_quarter / np.array([tempo.qpm for tempo in song.tempos])
    change_sec = np.concatenate([[0.0], np.cumsum(np.diff(change) * tick_sec[:-1])])
    tempo = np.searchsorted(change, tick, side="right") - 1
    return change_sec[tempo] + (tick - change[tempo]) * tick_sec[tempo]
