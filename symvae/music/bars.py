"""Where the bars lie: a song's metre map, cut into stretches of one metre.

The bar that the grid counts is not always the bar of the file:

    4/4, 2/2   one bar of 16 steps
    2/4        two bars are paired into one bar of 16 steps (4/4)
    3/4, 6/8   one bar of 12 steps
    others     have no grid; a stretch of them is named and left out

A metre change begins a new section, on its own bar line, also where the bar before it is not full.
The same metre said twice is no change when it falls on a bar line. This module knows ticks and bars
and nothing of notes, apart from the moment at which they end.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.metre import GRID_BARS
from symvae.music.song import MetreChange, Song


@dataclass(frozen=True)
class Section:
    """A stretch of one metre: ticks from ``start_tick`` up to ``end_tick``.

    ``first_bar`` counts the file's own bars from 0, and ``num_file_bars`` are in this section; the
    last of them may be cut short by the next section.
    """

    start_tick: int
    end_tick: int
    metre: str
    first_bar: int
    num_file_bars: int
    is_last: bool

    @property
    def grid_metre(self) -> str | None:
        """The metre of the grid that can hold this section; None if no grid can."""
        return GRID_BARS[self.metre].metre if self.metre in GRID_BARS else None

    @property
    def file_bars_per_bar(self) -> int:
        """How many of the file's bars make one of the grid's."""
        return GRID_BARS[self.metre].file_bars if self.metre in GRID_BARS else 1

    @property
    def num_bars(self) -> int:
        """Bars of the grid; at least one."""
        return max(1, -(-self.num_file_bars // self.file_bars_per_bar))

    @property
    def grid(self) -> Grid | None:
        """The grid over all of the section's bars; None if no grid can hold them."""
        return Grid.of_metre(self.grid_metre, self.num_bars) if self.grid_metre else None

    @property
    def bar_span(self) -> tuple[int, int]:
        """The file's bars in this section: the first, and the one after the last."""
        return self.first_bar, self.first_bar + self.num_file_bars


def bars_in_words(spans: Iterable[tuple[int, int]]) -> str:
    """ "bars 1-8, 11-14" for spans (first, one after the last) counted from 0; spans that touch are one.

    The words count from 1, as musicians do.
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
    """The stretches of one metre, front to back; none for a song that has no length."""
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
        # A note held a hair over the bar line does not open another bar.
        num_bars = max(1, int(-((end_tick - tolerance_tick - change.tick) // -bar_tick)))
        found.append(Section(change.tick, end_tick, change.name, first_bar, num_bars, is_last))
        first_bar += num_bars
    return tuple(found)


def bar_lines(song: Song) -> list[int]:
    """The tick of every bar line, the last one included; bar n (from 0) lies between lines n and n + 1.

    One bar more than the file has is there at the end: a last note that is rounded up may open it.
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
    """How long a bar of this metre lasts; not a whole number for 1/64 in coarse ticks."""
    return song.ticks_per_quarter * 4 * metre.numerator / metre.denominator


def _on_bar_line(song: Song, metre: MetreChange, tick: int) -> bool:
    return (tick - metre.tick) % ticks_per_bar(song, metre) == 0
