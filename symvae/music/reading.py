"""A reading: the phrases drawn from a song, and an account of all that was left out on the way.

`Collector` is the clerk who keeps the account while `symvae.music.windows` reads. It adds up drops of
the same kind, and tells bars that lie side by side as one span.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from symvae.music.bars import bars_in_words
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.melody_line import TrackChoice
from symvae.music.phrase import Phrase
from symvae.music.quantize import Quantized
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song, Track

#: Further than this from its step a note counts as off the grid: a 128th note, 16 ms at 120 qpm.
OFF_GRID_STEP = 0.125


@dataclass(frozen=True)
class Reading:
    """Phrases drawn from a song, and all that was left out on the way.

    ``start_bar`` and ``end_bar`` (exclusive) say which bars of the file each phrase spans, from 0; a last
    note that is rounded past the file's last bar opens one more. The mean shifts are over the notes of
    the chosen track, absolute; ``off_grid_share`` is the share of notes further than `OFF_GRID_STEP` from
    their step. ``track`` is None when several tracks were merged or none has notes; ``num_cut`` counts
    melody notes that end early because the next starts.
    """

    phrases: tuple[Phrase, ...]
    start_bar: tuple[int, ...]
    end_bar: tuple[int, ...]
    dropped: tuple[Dropped, ...]
    track: TrackChoice | None
    mean_shift_step: float
    mean_shift_ms: float
    off_grid_share: float
    num_cut: int


class Collector:
    """Gathers what a reading has to answer for, while it is made."""

    def __init__(self) -> None:
        self.track: TrackChoice | None = None
        self.num_cut = 0
        self._taken: list[tuple[Phrase, tuple[int, int]]] = []
        self._bars: defaultdict[tuple[str, Reason, str], list[tuple[int, int]]] = defaultdict(list)
        self._dropped: Counter[tuple[str, Reason, str]] = Counter()
        self._shift_step: list[Float[np.ndarray, " note"]] = []
        self._shift_ms: list[Float[np.ndarray, " note"]] = []

    def take(self, phrase: Phrase, bar_span: tuple[int, int]) -> None:
        """A phrase, and the file's bars that it spans."""
        self._taken.append((phrase, bar_span))

    def drop_bars(self, what: str, reason: Reason, bar_span: tuple[int, int], fault: str) -> None:
        """Bars that are left out: a window or a section."""
        self._bars[what, reason, fault].append(bar_span)

    def drop(self, what: str, reason: Reason, detail: str = "", count: int = 1) -> None:
        """``count`` things that are left out; none is none."""
        if count:
            self._dropped[what, reason, detail] += count

    def carry_over(self, tracks: Iterable[Track]) -> None:
        """What was left out of the tracks when their file was read."""
        for track in tracks:
            for dropped in track.dropped:
                self.drop(dropped.what, dropped.reason, dropped.detail, dropped.count)

    def count_shifts(self, notes: Quantized, song: Song, onset_tick: np.ndarray) -> None:
        """How far quantization moved the notes, and how many it merged."""
        shift = np.abs(notes.shift_step)
        step_ms = 60_000.0 / STEPS_PER_QUARTER / song.tempo_qpm_of(onset_tick)
        self._shift_step.append(shift)
        self._shift_ms.append(shift * step_ms)
        self.drop(
            "notes", Reason.OFF_GRID, "they fall on a note of equal pitch on the same step", notes.num_merged
        )

    def count_edges(self, phrase: Phrase, start_bar: int, grid: Grid) -> int:
        """Notes that `Phrase.window` leaves out or cuts at a window's edges; gives the number left out."""
        first = start_bar * grid.steps_per_bar
        end = first + grid.num_steps
        tied_in = (phrase.onset_step < first) & (phrase.end_step > first)
        cut_off = (phrase.onset_step >= first) & (phrase.onset_step < end) & (phrase.end_step > end)
        self.drop("notes", Reason.TIED_IN, count=int(tied_in.sum()))
        self.drop("notes", Reason.CUT_OFF, count=int(cut_off.sum()))
        return int(tied_in.sum())

    def reading(self) -> Reading:
        """The account."""
        step = np.concatenate([*self._shift_step, np.empty(0)])
        ms = np.concatenate([*self._shift_ms, np.empty(0)])
        dropped = [
            Dropped(what, reason, f"{bars_in_words(spans)}: {fault}", len(spans))
            for (what, reason, fault), spans in self._bars.items()
        ]
        dropped += [Dropped(*key, count=count) for key, count in self._dropped.items()]
        return Reading(
            phrases=tuple(phrase for phrase, _ in self._taken),
            start_bar=tuple(start for _, (start, _) in self._taken),
            end_bar=tuple(end for _, (_, end) in self._taken),
            dropped=tuple(dropped),
            track=self.track,
            mean_shift_step=float(step.mean()) if len(step) else 0.0,
            mean_shift_ms=float(ms.mean()) if len(ms) else 0.0,
            off_grid_share=float((step > OFF_GRID_STEP).mean()) if len(step) else 0.0,
            num_cut=self.num_cut,
        )
