"""Fader values for each bar of a song: from words, from a table, from a controller in the file.

A setting is a number (a value in the fader's unit) or a text that begins with + or - (a change of the
present value). A lane holds the settings of one fader by bar, counted from 0 here and from 1 in files and
options; bars without a setting stay unchanged.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from symvae.errors import ConfigError, MidiError
from symvae.files.limit import shown
from symvae.files.table import Row, read_rows
from symvae.music.io.controllers import ControlLane
from symvae.system.faders.request import Fader

Setting: TypeAlias = float | int | str
Lane: TypeAlias = dict[int, Setting]

CONTROLLERS = 128
HIGHEST = 127
MAX_BARS = 100_000
_BAR = re.compile(r"0*[0-9]{1,6}")
_VALUES = "Write a number, as 6, a change, as +2 or -2, or a value below zero as =-2"


def parse_setting(text: str) -> Setting:
    """Parse a setting: "6" is a value, "+5" and "-5" are changes, "=-5" is a value below zero.

    Args:
        text: The setting as typed.

    Returns:
        A number for a value, a text for a change. ValueError for anything else.
    """
    text = text.strip()
    number = float(text.removeprefix("="))
    if not math.isfinite(number):
        raise ValueError(text)
    return text if text[:1] in "+-" else number


def parse_bars(text: str) -> set[int]:
    """Parse bars: "5-12" or "1, 5-8".

    Args:
        text: Bars and spans of bars, from 1.

    Returns:
        The bars, from 0. ValueError for anything else.
    """
    bars: set[int] = set()
    for word in text.split(","):
        first, dash, last = (part.strip() for part in word.partition("-"))
        start, end = int(first), int(last if dash else first)
        if not 1 <= start <= end <= MAX_BARS:
            raise ValueError(word)
        bars.update(range(start - 1, end))
    return bars


def ramp(spans: Sequence[tuple[int, int]], first: float, last: float) -> Lane:
    """An arc: a lane that moves along half a cosine, bar by bar, without a step at either end.

    Args:
        spans: Bars of each phrase: (first, one after the last), from 0.
        first: Value of the first bar.
        last: Value of the last bar; a single bar gets the mean of both.

    Returns:
        The lane; empty without phrases.
    """
    bars = [bar for start, end in spans for bar in range(start, end)]
    lane: Lane = {}
    for bar in bars:
        share = (bar - bars[0]) / (bars[-1] - bars[0]) if len(bars) > 1 else 0.5
        lane[bar] = first + (1 - math.cos(math.pi * share)) / 2 * (last - first)
    return lane


def read_lanes(path: str | Path) -> dict[str, Lane]:
    """Read the lanes of a CSV file: a column "bar", then one for each fader.

    Args:
        path: The file. An empty cell leaves its bar unchanged.

    Returns:
        One lane for each fader that has a setting.

    Raises:
        ConfigError: A fault, with file, row and value.
    """
    path = Path(path)
    rows = read_rows(path, ConfigError)
    heads = next(rows, Row(1, [])).cells
    faders = heads[1:]
    if not faders or heads[0].lower() != "bar" or "" in faders:
        raise ConfigError(
            f"{path}, row 1, is {shown(','.join(heads))}. Write the names of the columns there: "
            "bar, then a fader each, with commas."
        )
    if twice := set_twice(faders):
        raise ConfigError(f"{path}, row 1, has the column {shown(twice)} twice. Keep one.")
    lanes: dict[str, Lane] = {name: {} for name in faders}
    row_of_bar: dict[int, int] = {}
    for number, row in rows:
        if len(row) > len(heads):
            raise ConfigError(
                f"{path}, row {number}, has {len(row)} cells, and row 1 names {len(heads)} columns. "
                "Write a decimal point, not a comma."
            )
        if not _BAR.fullmatch(row[0]) or not 1 <= int(row[0]) <= MAX_BARS:
            raise ConfigError(
                f"{path}, row {number}: {shown(row[0])} is not a bar. Bars are whole numbers from 1."
            )
        bar = int(row[0]) - 1
        if bar in row_of_bar:
            raise ConfigError(
                f"{path}, row {number}: bar {bar + 1} is in row {row_of_bar[bar]} already. Keep one."
            )
        row_of_bar[bar] = number
        for name, cell in zip(faders, row[1:], strict=False):
            if cell:
                lanes[name][bar] = _setting_in(path, number, name, cell)
    if not any(lanes.values()):
        raise ConfigError(f"{path} sets no bar. {_VALUES}, below the name of a fader.")
    return {name: lane for name, lane in lanes.items() if lane}


def _setting_in(path: Path, number: int, name: str, cell: str) -> Setting:
    try:
        return parse_setting(cell)
    except ValueError:
        raise ConfigError(
            f"{path}, row {number}, {shown(name)[1:-1]}: {shown(cell)} is not a number. {_VALUES}."
        ) from None


def choose_lane(file: str, number: int, lanes: Sequence[ControlLane], track: str | None) -> ControlLane:
    """Choose the lane of a controller: the only one, or that of a track.

    Args:
        file: Name of the MIDI file.
        number: Controller number, 0 to 127.
        lanes: All its lanes in the file.
        track: Name of the track that is read.

    Returns:
        The lane.

    Raises:
        MidiError: The controller never moves, or in several places and not once in that track.
    """
    if not lanes:
        raise MidiError(
            f"{file} never moves controller {number}. Draw its lane in your sequencer, or use --automation."
        )
    named = [lane for lane in lanes if track and lane.track_name == track]
    chosen = lanes if len(lanes) == 1 else named
    if len(chosen) != 1:
        where = ", ".join(f"{lane.track_name!r} channel {lane.channel}" for lane in lanes)
        raise MidiError(
            f"{file} moves controller {number} in {len(lanes)} places ({where}). Keep one of them, or choose "
            "its track with --track."
        )
    return chosen[0]


def lane_of(control: ControlLane, bar_lines: Sequence[int], fader: Fader) -> Lane:
    """A controller as the lane of a fader: 0 is the low end of its range, 127 the high end.

    Args:
        control: Movements of the controller.
        bar_lines: Tick of every bar line.
        fader: The fader that it moves.

    Returns:
        The controller's mean over each bar, from the bar of its first event on.
    """
    return {
        bar: fader.low + value / HIGHEST * (fader.high - fader.low)
        for bar, value in bar_means(control, bar_lines).items()
    }


def bar_means(control: ControlLane, bar_lines: Sequence[int]) -> dict[int, float]:
    """Mean of a controller over each bar, weighted by time; it holds its value until the next event.

    Args:
        control: Movements of the controller.
        bar_lines: Tick of every bar line.

    Returns:
        Mean from 0 to 127 by bar, from the bar of the first event on.
    """
    lines = np.asarray(bar_lines, np.int64)
    tick = np.append(control.tick, max(lines[-1], control.tick[-1]) + 1)
    area = np.concatenate([[0], np.cumsum(control.value * np.diff(tick))])
    start, end = np.maximum(lines[:-1], tick[0]), lines[1:]
    bars = np.flatnonzero(end > start)
    over = np.interp(end[bars], tick, area) - np.interp(start[bars], tick, area)
    means = over / (end[bars] - start[bars])
    return dict(zip(bars.tolist(), means.tolist(), strict=True))


def settings_at(lanes: Mapping[str, Lane], bar: int) -> dict[str, Setting]:
    """Settings of one bar.

    Args:
        lanes: Lane of each fader.
        bar: The bar, from 0.

    Returns:
        Setting by fader; empty where no lane has one.
    """
    return {name: lane[bar] for name, lane in lanes.items() if bar in lane}


def constant(setting: Setting, bars: Iterable[int]) -> Lane:
    """A lane with one setting for all bars.

    Args:
        setting: The setting.
        bars: The bars, from 0.

    Returns:
        The lane.
    """
    return dict.fromkeys(bars, setting)


def set_twice(names: Sequence[str]) -> str | None:
    """First fader that is set in two ways.

    Args:
        names: Fader of every setting, ramp, column and controller.

    Returns:
        Its name, or None.
    """
    return next((name for name in sorted(set(names)) if names.count(name) > 1), None)
