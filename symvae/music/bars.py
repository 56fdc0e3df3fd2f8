"""Bar lines and sections: the metre map of a song, cut into stretches of one metre.

A metre change begins a new section, on a bar line of its own, even where the bar before it is incomplete. A
time signature that is repeated on a bar line is no change. For the metres that a grid can hold see
`symvae.music.metre`. This module knows ticks and bars; of notes it knows only the end of the last one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.metre import GRID_BARS, GridBar
from symvae.music.song import MetreChange, Song


@dataclass(frozen=True)
class Section:
    """A stretch of one metre."""

    start_tick: int
    end_tick: int
    """First tick after the section."""
    metre: str
    """Time signature of the file."""
    first_bar: int
    """Number of the first bar in the file, from 0."""
    num_file_bars: int
    """Bars of the file; the next section may cut the last one short."""
    is_last: bool

    @property
    def grid_bar(self) -> GridBar:
        """Bars of the grid that hold bars of the file; one for one where no grid does."""
        return GRID_BARS.get(self.metre, GridBar(self.metre, 1))

    @property
    def grid_metre(self) -> str | None:
        """Metre of the grid for this section; None if there is no such grid."""
        return GRID_BARS[self.metre].metre if self.metre in GRID_BARS else None

    @property
    def num_bars(self) -> int:
        """Bars of the grid, at least one."""
        return max(1, self.grid_bar.in_grid(self.num_file_bars))

    @property
    def grid(self) -> Grid | None:
        """Grid over all bars of the section; None if no grid has its metre."""
        return Grid.of_metre(self.grid_metre, self.num_bars) if self.grid_metre else None

    @property
    def bar_span(self) -> tuple[int, int]:
        """Bars of the file in this section: the first, and the one after the last."""
        return self.first_bar, self.first_bar + self.num_file_bars


def bars_in_words(spans: Iterable[tuple[int, int]]) -> str:
    """Text such as "bars 1-8, 11-14", counted from 1, for (first, one after the last) spans counted from 0.

    Adjacent spans are merged.
    """
    merged: list[list[int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    words = [f"{start + 1}-{end}" if end - start > 1 else f"{start + 1}" for start, end in merged]
    return ("bar " if words and words[0].isdecimal() and len(words) == 1 else "bars ") + ", ".join(words)


def sections(song: Song) -> tuple[Section, ...]:
    """Cut a song into stretches of one metre, in time order; none for a song without length."""
    tolerance_tick = song.ticks_per_quarter / STEPS_PER_QUARTER / 2
    changes: list[MetreChange] = []
    for change in song.metres:
        if change.tick >= song.end_tick:
            break
        if changes and changes[-1].name == change.name and _on_bar_line(song, changes[-1], change.tick):
            continue
        changes.append(change)
    found: list[Section] = []
    first_bar = 0
    for i, change in enumerate(changes):
        is_last = i + 1 == len(changes)
        end_tick = song.end_tick if is_last else changes[i + 1].tick
        bar_tick = ticks_per_bar(song, change)
        # A note held slightly past the bar line does not open another bar.
        num_bars = max(1, int(-((end_tick - tolerance_tick - change.tick) // -bar_tick)))
        found.append(Section(change.tick, end_tick, change.name, first_bar, num_bars, is_last))
        first_bar += num_bars
    return tuple(found)


def grid_bar_at(song: Song, bar: int) -> GridBar:
    """Bars of the grid that hold a bar of the file, by its number from 0."""
    found = [section for section in sections(song) if section.first_bar <= bar]
    return found[-1].grid_bar if found else GridBar("", 1)


def bar_lines(song: Song) -> list[int]:
    """Ticks of all bar lines; bar n (from 0) lies between lines n and n + 1.

    The last bar listed is one more than the file has: a last note that is rounded up may open it.
    """
    lines: list[int] = []
    end = bar_tick = 0.0
    for section in sections(song):
        metre = next(change for change in reversed(song.metres) if change.tick <= section.start_tick)
        bar_tick = ticks_per_bar(song, metre)
        lines += [round(section.start_tick + bar * bar_tick) for bar in range(section.num_file_bars)]
        end = section.start_tick + section.num_file_bars * bar_tick
    return [*lines, round(end), round(end + bar_tick)] if lines else []


def ticks_per_bar(song: Song, metre: MetreChange) -> float:
    """Length of a bar in ticks; fractional for small note values at a low resolution."""
    return song.ticks_per_quarter * 4 * metre.numerator / metre.denominator


def _on_bar_line(song: Song, metre: MetreChange, tick: int) -> bool:
    return (tick - metre.tick) % ticks_per_bar(song, metre) == 0
