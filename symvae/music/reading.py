"""Reading: the phrases drawn from a song, and everything that was dropped on the way.

`Collector` keeps the account while `symvae.music.windows` reads: it adds up drops of one kind, and merges
adjacent bars into spans.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from symvae.music.bars import bars_in_words
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.melody_line import TrackChoice
from symvae.music.phrase import Phrase
from symvae.music.quantize import Quantized
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song, Track

#: A note farther from its step counts as off the grid: a 128th note, 16 ms at 120 qpm.
OFF_GRID_STEP = 0.125


@dataclass(frozen=True)
class Reading:
    """Phrases drawn from a song, with the bars they span and everything that was dropped."""

    phrases: tuple[Phrase, ...]
    start_bar: tuple[int, ...]
    """First bar of the file that each phrase spans, from 0."""
    end_bar: tuple[int, ...]
    """The bar after the last one of each phrase; a last note rounded past the end of the file opens one."""
    dropped: tuple[Dropped, ...]
    track: TrackChoice | None
    """The track read; None when several were merged, or none has notes."""
    mean_shift_step: float
    """Mean absolute shift by quantization over the notes of the track, in steps."""
    mean_shift_ms: float
    """Mean shift to the grid, in milliseconds."""
    off_grid_share: float
    """Share of notes farther than `OFF_GRID_STEP` from their step."""
    num_cut: int
    """Melody notes that were shortened, since the next one starts before their end."""


class Collector:
    """Account of one reading, kept while the song is read."""

    def __init__(self) -> None:
        self.track: TrackChoice | None = None
        self.num_cut = 0
        self._phrases: list[tuple[Phrase, tuple[int, int]]] = []
        self._bars: defaultdict[tuple[str, Reason, str], list[tuple[int, int]]] = defaultdict(list)
        self._dropped: Counter[tuple[str, Reason, str]] = Counter()
        self._shift_step: list[Float[np.ndarray, " note"]] = []
        self._shift_ms: list[Float[np.ndarray, " note"]] = []

    def take(self, phrase: Phrase, bar_span: tuple[int, int]) -> None:
        """Add a phrase that spans the bars ``bar_span`` of the file: first, and the one after the last."""
        self._phrases.append((phrase, bar_span))

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

    def drop_unread(self, tracks: Iterable[Track]) -> None:
        """Count the music of these tracks that was dropped when their file was read."""
        for track in tracks:
            for dropped in track.dropped:
                self.drop(dropped.what, dropped.reason, dropped.detail, dropped.count)

    def count_shifts(self, notes: Quantized, song: Song, onset_tick: Int[np.ndarray, " note"]) -> None:
        """Add the shifts of quantized notes to the mean, and count merged ones.

        Args:
            notes: Quantized notes.
            song: The song, for its tempos.
            onset_tick: Quantized onsets in ticks of the song.
        """
        shift = np.abs(notes.shift_step)
        step_ms = 60_000.0 / STEPS_PER_QUARTER / song.tempo_qpm_of(onset_tick)
        self._shift_step.append(shift)
        self._shift_ms.append(shift * step_ms)
        self.drop(
            "notes", Reason.OFF_GRID, "they fall on a note of equal pitch on the same step", notes.num_merged
        )

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
        tied_in = (phrase.onset_step < first) & (phrase.end_step > first)
        cut_off = (phrase.onset_step >= first) & (phrase.onset_step < end) & (phrase.end_step > end)
        self.drop("notes", Reason.TIED_IN, count=int(tied_in.sum()))
        self.drop("notes", Reason.CUT_OFF, count=int(cut_off.sum()))
        return int(tied_in.sum())

    def reading(self) -> Reading:
        """The finished account."""
        step = np.concatenate([*self._shift_step, np.empty(0)])
        ms = np.concatenate([*self._shift_ms, np.empty(0)])
        dropped = [
            Dropped(what, reason, f"{bars_in_words(spans)}: {detail}", len(spans))
            for (what, reason, detail), spans in self._bars.items()
        ]
        dropped += [Dropped(*key, count=count) for key, count in self._dropped.items()]
        return Reading(
            phrases=tuple(phrase for phrase, _ in self._phrases),
            start_bar=tuple(start for _, (start, _) in self._phrases),
            end_bar=tuple(end for _, (_, end) in self._phrases),
            dropped=tuple(dropped),
            track=self.track,
            mean_shift_step=float(step.mean()) if len(step) else 0.0,
            mean_shift_ms=float(ms.mean()) if len(ms) else 0.0,
            off_grid_share=float((step > OFF_GRID_STEP).mean()) if len(step) else 0.0,
            num_cut=self.num_cut,
        )
