"""Reading: the phrases drawn from a song, and everything that was dropped on the way.

`Collector` keeps the account while `symvae.music.windows` reads: it adds up drops of one kind, and merges
adjacent bars into spans.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float

from symvae.music.arrangement import AnyPhrase
from symvae.music.bars import bars_in_words
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.melody_line import TrackChoice
from symvae.music.phrase import Phrase
from symvae.music.quantize import Quantized
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song, Track
from symvae.music.timing import Onsets, Timing, measure_timing


@dataclass(frozen=True)
class Reading:
    """Phrases drawn from a song, with the bars they span and everything that was dropped."""

    phrases: tuple[AnyPhrase, ...]
    start_bar: tuple[int, ...]
    """First bar of the file that each phrase spans, from 0."""
    end_bar: tuple[int, ...]
    """The bar after the last one of each phrase; a last note rounded past the end of the file opens one."""
    dropped: tuple[Dropped, ...]
    track: TrackChoice | None
    """The track read; None when several were merged, or none has notes."""
    num_cut: int
    """Notes that were shortened: since the next one of a melody, or the next of their pitch, starts before
    their end."""
    start_tick: tuple[float, ...]
    """Start of each phrase in the file, in ticks."""
    onsets: Onsets = field(repr=False, compare=False)
    """All notes of the track, before quantization."""
    drums: bool = False
    """The drum tracks were read, not the pitched ones."""
    parts: Mapping[str, TrackChoice] = field(default_factory=dict)
    """The track of each part of an arrangement; empty for music of one part."""
    num_second_hits: int = 0
    """Hits of drums beside a louder one of their class in a cell (flam, drag), which have no token."""

    @cached_property
    def timing(self) -> Timing:
        """Relation of the notes of the track to the sixteenth grid and to the beat of the file."""
        return measure_timing(self.onsets)


class Collector:
    """Account of one reading, kept while the song is read."""

    def __init__(self) -> None:
        self.track: TrackChoice | None = None
        self.drums = False
        self.parts: Mapping[str, TrackChoice] = {}
        self.num_cut = 0
        self.num_triplet_bars = 0
        self.num_second_hits = 0
        self._phrases: list[tuple[AnyPhrase, tuple[int, int], float]] = []
        self._bars: defaultdict[tuple[str, Reason, str], list[tuple[int, int]]] = defaultdict(list)
        self._dropped: Counter[tuple[str, Reason, str]] = Counter()
        self._song: Song | None = None
        self._onsets: list[Float[np.ndarray, "4 note"]] = [np.empty((4, 0))]

    def take(self, phrase: AnyPhrase, bar_span: tuple[int, int], start_tick: float) -> None:
        """Add a phrase of the file.

        Args:
            phrase: The phrase.
            bar_span: Its bars in the file: the first, and the one after the last.
            start_tick: Its start in the file, in ticks.
        """
        self._phrases.append((phrase, bar_span, start_tick))

    def drop_bars(self, what: str, reason: Reason, bar_span: tuple[int, int], detail: str) -> None:
        """Count bars that are dropped.

        Args:
            what: "window" or "section".
            reason: The cause.
            bar_span: First bar of the file, and the one after the last.
            detail: The particular case in words.
        """
        self._bars[what, reason, detail].append(bar_span)

    def drop(self, what: str, reason: Reason, detail: str = "", count: int = 1) -> None:
        """Count things that are dropped; a count of 0 leaves no trace.

        Args:
            what: "notes", "song" or the number of a track.
            reason: The cause.
            detail: The particular case in words.
            count: Number of things.
        """
        if count:
            self._dropped[what, reason, detail] += count

    def add(self, other: "Collector", part: str) -> None:
        """Add the account of a part of the song, under its name; it brings no phrases.

        Args:
            other: The account of the part.
            part: Name of the part, "bass".
        """
        for (what, reason, detail), spans in other._bars.items():
            self._bars[f"{part} {what}", reason, detail] += spans
        for (what, reason, detail), count in other._dropped.items():
            self._dropped[f"{part} {what}", reason, detail] += count
        self.num_cut += other.num_cut
        self.num_triplet_bars += other.num_triplet_bars
        self.num_second_hits += other.num_second_hits
        self._onsets += other._onsets
        self._song = self._song or other._song

    def drop_unread(self, tracks: Iterable[Track]) -> None:
        """Count the music of these tracks that was dropped when their file was read."""
        for track in tracks:
            for dropped in track.dropped:
                self.drop(dropped.what, dropped.reason, dropped.detail, dropped.count)

    def count_onsets(
        self,
        notes: Quantized,
        song: Song,
        start_tick: int,
        distance_step: Float[np.ndarray, " note"] | None = None,
    ) -> None:
        """Add the notes of a section to the account of timing, and count those that fell on others.

        Args:
            notes: Quantized notes.
            song: The song.
            start_tick: Start of the section.
            distance_step: Distance of each onset from the grid; by default from its step.
        """
        self._song = song
        quarter_tick = song.ticks_per_quarter
        onset_tick = start_tick + (notes.onset_step * quarter_tick / STEPS_PER_QUARTER).astype(np.int64)
        step_ms = 60_000.0 / STEPS_PER_QUARTER / song.tempo_qpm_of(onset_tick)
        # The beat of a section starts with it, even where the metre changes within a quarter.
        quarter = start_tick // quarter_tick + (notes.onset_step + notes.shift_step) / STEPS_PER_QUARTER
        shift_step = np.abs(notes.shift_step if distance_step is None else distance_step)
        end_shift_step = np.abs(notes.exact_end_step - notes.onset_step - notes.duration_step)
        self._onsets.append(np.stack([quarter, shift_step, shift_step * step_ms, end_shift_step]))
        self.drop(
            "notes", Reason.OFF_GRID, "they fall on a note of equal pitch on the same step", notes.num_merged
        )
        detail = "another note of equal pitch starts at the same time"
        self.drop("notes", Reason.DUPLICATE, detail, notes.num_duplicates)

    def drop_at_edges(self, phrase: Phrase, start_bar: int, grid: Grid) -> int:
        """Count the notes that `Phrase.window` drops or shortens at the edges of a window.

        Args:
            phrase: The phrase that is cut into windows.
            start_bar: First bar of the window, from 0.
            grid: Grid of the window.

        Returns:
            Number of notes that start before the window and sound into it.
        """
        first = start_bar * grid.steps_per_bar
        end = first + grid.num_steps
        row, end_row = np.searchsorted(phrase.onset_step, [first, end])
        tied_in = int(np.count_nonzero(phrase.end_step[:row] > first))
        cut_off = int(np.count_nonzero(phrase.end_step[row:end_row] > end))
        self.drop("notes", Reason.TIED_IN, count=tied_in)
        self.drop("notes", Reason.CUT_OFF, count=cut_off)
        return tied_in

    def reading(self) -> Reading:
        """The finished account."""
        dropped = [
            Dropped(what, reason, f"{bars_in_words(spans)}: {detail}", len(spans))
            for (what, reason, detail), spans in self._bars.items()
        ]
        dropped += [Dropped(*key, count=count) for key, count in self._dropped.items()]
        ticks_per_quarter, song_quarter = 1, np.empty(0)
        if self._song is not None:
            ticks_per_quarter, song_quarter = self._song.ticks_per_quarter, self._song.onset_quarter
        quarter, shift_step, shift_ms, end_shift_step = np.concatenate(self._onsets, axis=1)
        return Reading(
            phrases=tuple(phrase for phrase, _, _ in self._phrases),
            start_bar=tuple(start for _, (start, _), _ in self._phrases),
            end_bar=tuple(end for _, (_, end), _ in self._phrases),
            start_tick=tuple(tick for *_, tick in self._phrases),
            dropped=tuple(dropped),
            track=self.track,
            drums=self.drums,
            parts=self.parts,
            num_cut=self.num_cut,
            num_second_hits=self.num_second_hits,
            onsets=Onsets(
                quarter,
                shift_step,
                shift_ms,
                end_shift_step,
                ticks_per_quarter,
                song_quarter,
                self.num_triplet_bars,
            ),
        )
