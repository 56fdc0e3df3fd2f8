"""Tempo plan: one smooth tempo curve for a song whose tempo is set.

A model gives each window a tempo of its own. Music does not change its tempo every four bars, so what the
windows say is joined:

- all bars with the same setting have one ratio of new to old tempo; the song's own curve, such as a
  ritardando, goes on under it,
- where a setting moves evenly, as a ramp or a controller does, the ratio moves evenly with it, beat by beat.

A tempo in quarters a minute is that of most of its bars: their own curve goes around it.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from symvae.music.song import Song
from symvae.music.tempo_map import TempoSpan, scaled


class Moved(NamedTuple):
    """Bars of one window that share their settings, and what the model makes of their tempo."""

    bars: tuple[int, ...]
    """Bars of the song, from 0."""
    setting: Hashable
    """Setting of the faders that move the tempo."""
    value: float
    """Value that is asked for: a tempo in quarters a minute, or arousal."""
    ratio: float
    """New tempo to old tempo in this window."""
    target: Callable[[float], float] | None
    """The tempo that is asked for, by the present one; None where arousal moves it."""
    is_ramp: bool
    """True if the setting moves evenly over the song."""


def plan_tempos(song: Song, lines: Sequence[int], moved: Sequence[Moved]) -> list[list[TempoSpan]]:
    """Join the tempos of windows.

    Args:
        song: The song.
        lines: Tick of every bar line.
        moved: The windows whose tempo moves, in the order of the song.

    Returns:
        Tempos of the bars of each.
    """
    spans: list[list[TempoSpan]] = [[] for _ in moved]
    groups: dict[Hashable, list[int]] = {}
    for row, each in enumerate(moved):
        groups.setdefault("ramp" if each.is_ramp else (each.setting,), []).append(row)
    for key, rows in groups.items():
        windows = [moved[row] for row in rows]
        log_ratio = _even(song, lines, windows) if key == "ramp" else _one(song, lines, windows)
        for row in rows:
            for bar in moved[row].bars:
                spans[row] += log_ratio(lines[bar], lines[bar + 1])
    return spans


def mean_ratio(song: Song, spans: Sequence[TempoSpan]) -> float:
    """Mean ratio of new tempos to the song's own, over ticks.

    Args:
        song: The song.
        spans: The new tempos.

    Returns:
        The ratio; 1 without spans.
    """
    if not spans:
        return 1.0
    old_qpm = song.tempo_qpm_of(np.array([span.start_tick for span in spans], np.int64))
    log_ratio = np.log(np.array([span.qpm for span in spans]) / old_qpm)
    return float(np.exp(np.average(log_ratio, weights=[span.end_tick - span.start_tick for span in spans])))


#: From a stretch of the song, first tick and first tick after it, to its tempos.
_Curve = Callable[[int, int], list[TempoSpan]]


def _one(song: Song, lines: Sequence[int], windows: Sequence[Moved]) -> _Curve:
    """One ratio for all."""
    target = windows[0].target
    if target is None:
        bars = [len(each.bars) for each in windows]
        ratio = float(np.exp(np.average(np.log([each.ratio for each in windows]), weights=bars)))
    else:
        main_qpm = _main_tempo_qpm(song, lines, windows)
        ratio = target(main_qpm) / main_qpm
    return lambda start, end: scaled(song, start, end, ratio)


def _even(song: Song, lines: Sequence[int], windows: Sequence[Moved]) -> _Curve:
    """A ratio for each beat, on the line that fits those of the windows best."""
    value = np.array([each.value for each in windows])
    if windows[0].target is None:
        log_ratio = np.log([each.ratio for each in windows])
        off, above = value - value.mean(), log_ratio - log_ratio.mean()
        slope = float(off @ above / (off @ off)) if off.any() else 0.0
        fitted = log_ratio.mean() + slope * off
    else:
        fitted = np.log(value / _main_tempo_qpm(song, lines, windows))
    middle = [np.mean([(lines[bar] + lines[bar + 1]) / 2 for bar in each.bars]) for each in windows]
    order = np.argsort(middle)
    at_tick, log_ratios = np.array(middle)[order], fitted[order]

    def spans(start: int, end: int) -> list[TempoSpan]:
        beats = [*range(start, end, song.ticks_per_quarter), end]
        return [
            span
            for first, last in pairwise(beats)
            for ratio in [float(np.exp(np.interp((first + last) / 2, at_tick, log_ratios)))]
            for span in scaled(song, first, last, ratio)
        ]

    return spans


def _main_tempo_qpm(song: Song, lines: Sequence[int], windows: Sequence[Moved]) -> float:
    """Tempo of most of the bars: the median over their ticks."""
    bars = sorted({bar for each in windows for bar in each.bars})
    spans = [span for bar in bars for span in scaled(song, lines[bar], lines[bar + 1], 1.0)]
    qpm = np.array([span.qpm for span in spans])
    order = np.argsort(qpm, kind="stable")
    passed = np.cumsum(np.array([span.end_tick - span.start_tick for span in spans])[order])
    return float(qpm[order][np.searchsorted(passed, passed[-1] / 2, side="right").clip(max=len(qpm) - 1)])
