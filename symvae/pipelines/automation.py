"""What the faders are set to, bar by bar: from words, from a table, from a controller of the song.

A wish is a number (a value in the fader's unit) or a text that begins with + or - (a change of what is
there). A lane is the wishes for one fader by the song's own bars, counted from 0 here and from 1 in what
people write; a bar that is not in it is left alone.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from symvae.errors import ConfigError, MidiError

if TYPE_CHECKING:
    from symvae.music.io.controllers import ControlLane
    from symvae.system.faders.request import Fader

Wish: TypeAlias = float | str
Lane: TypeAlias = dict[int, Wish]

CONTROLLERS = 128
HIGHEST = 127
_VALUES = "Write a number, as 6, a change, as +2 or -2, or a value below zero as =-2"


def wish_of(word: str) -> Wish:
    """ "6" is a value, "+5" and "-5" are changes, and "=-5" is a value below zero; else ValueError."""
    word = word.strip()
    number = float(word.removeprefix("="))
    if not math.isfinite(number):
        raise ValueError(word)
    return word if word[:1] in "+-" else number


def bars_of(words: str) -> set[int]:
    """ "5-12" or "1, 5-8" as bars from 0; ValueError for anything else."""
    bars: set[int] = set()
    for word in words.split(","):
        first, dash, last = (part.strip() for part in word.partition("-"))
        start, end = int(first), int(last if dash else first)
        if not 1 <= start <= end <= 100_000:
            raise ValueError(word)
        bars.update(range(start - 1, end))
    return bars


def ramp(spans: Sequence[tuple[int, int]], first: float, last: float) -> Lane:
    """From ``first`` at the first phrase to ``last`` at the last, one value for all bars of a phrase.

    ``spans`` are the phrases' bars. One phrase alone takes the middle, none takes nothing.
    """
    if not spans:
        return {}
    way = spans[-1][0] - spans[0][0]
    lane: Lane = {}
    for start, end in spans:
        share = (start - spans[0][0]) / way if way else 0.5
        lane.update(dict.fromkeys(range(start, end), first + share * (last - first)))
    return lane


def read_lanes(path: Path) -> dict[str, Lane]:
    """The lanes of a CSV file, by fader: a column "bar", then one for each fader.

    Raises `ConfigError` that names file, row and value. An empty cell leaves its bar alone.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}. Check its name.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} is no CSV file ({error}). Save it as CSV in UTF-8.") from error
    heads = rows[0] if rows else []
    faders = heads[1:]
    if not faders or heads[0].lower() != "bar" or "" in faders:
        raise ConfigError(
            f"{path}, row 1, is {','.join(heads)!r}. Write the names of the columns there: "
            "bar, then a fader each, with commas."
        )
    if twice := sorted({name for name in faders if faders.count(name) > 1}):
        raise ConfigError(f"{path}, row 1, has the column {twice[0]!r} twice. Keep one.")
    lanes: dict[str, Lane] = {name: {} for name in faders}
    said: dict[int, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        if len(row) > len(heads):
            raise ConfigError(
                f"{path}, row {number}, has {len(row)} cells, and row 1 names {len(heads)} columns. "
                "Write a decimal point, not a comma."
            )
        if not row[0].isdecimal() or not int(row[0]):
            raise ConfigError(f"{path}, row {number}: {row[0]!r} is no bar. Bars are whole numbers from 1.")
        bar = int(row[0]) - 1
        if bar in said:
            raise ConfigError(
                f"{path}, row {number}: bar {bar + 1} stands in row {said[bar]} already. Keep one."
            )
        said[bar] = number
        for name, cell in zip(faders, row[1:], strict=False):
            if cell:
                lanes[name][bar] = _wish_in(path, number, name, cell)
    if not any(lanes.values()):
        raise ConfigError(f"{path} sets no bar. {_VALUES}, below the name of a fader.")
    return {name: lane for name, lane in lanes.items() if lane}


def _wish_in(path: Path, number: int, name: str, cell: str) -> Wish:
    try:
        return wish_of(cell)
    except ValueError:
        raise ConfigError(f"{path}, row {number}, {name}: {cell!r} is no number. {_VALUES}.") from None


def choose_lane(path: Path, number: int, lanes: Sequence["ControlLane"], track: str | None) -> "ControlLane":
    """The only lane of a controller, or that of the track called ``track``; else `MidiError`."""
    if not lanes:
        raise MidiError(
            f"{path} never moves controller {number}. Draw its lane in your sequencer, or use --automation."
        )
    named = [lane for lane in lanes if track and lane.track_name == track]
    chosen = lanes if len(lanes) == 1 else named
    if len(chosen) != 1:
        where = ", ".join(f"{lane.track_name!r} channel {lane.channel}" for lane in lanes)
        raise MidiError(
            f"{path} moves controller {number} in {len(lanes)} places ({where}). Keep one of them, or choose "
            "its track with --track."
        )
    return chosen[0]


def lane_of(control: "ControlLane", bar_lines: Sequence[int], fader: "Fader") -> Lane:
    """A controller as a fader's lane: 0 is the low end of its reach, 127 the high end.

    A bar takes the controller's mean over its time. It holds its value until the next event; bars before
    the first are left alone, and the bar in which it comes counts from there.
    """
    return {
        bar: fader.low + value / HIGHEST * (fader.high - fader.low)
        for bar, value in bar_means(control, bar_lines).items()
    }


def bar_means(control: "ControlLane", bar_lines: Sequence[int]) -> dict[int, float]:
    """The controller's mean over the time of each bar that it reaches."""
    import numpy as np

    lines = np.asarray(bar_lines, np.int64)
    tick = np.append(control.tick, max(lines[-1], control.tick[-1]) + 1)
    area = np.concatenate([[0], np.cumsum(control.value * np.diff(tick))])
    start, end = np.maximum(lines[:-1], tick[0]), lines[1:]
    bars = np.flatnonzero(end > start)
    over = np.interp(end[bars], tick, area) - np.interp(start[bars], tick, area)
    means = over / (end[bars] - start[bars])
    return dict(zip(bars.tolist(), means.tolist(), strict=True))


def wishes_at(lanes: Mapping[str, Lane], bar: int) -> dict[str, Wish]:
    """What is asked for in one bar, by fader; empty where nothing is."""
    return {name: lane[bar] for name, lane in lanes.items() if bar in lane}


def everywhere(wish: Wish, bars: Iterable[int]) -> Lane:
    """The same wish in every bar."""
    return dict.fromkeys(bars, wish)
