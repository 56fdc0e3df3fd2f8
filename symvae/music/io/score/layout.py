"""Layout: bars in playing order on one time line, with their metre map and tempo map.

A bar line may fall in the middle of a measure: a repeat sign before a pickup, a double bar, a bracket.
Fragments are joined as long as they fit: the end of a section and the pickup of the next, or of its own
repeat, make one measure. An incomplete measure is

    a pickup           at the start: moved to the end of a full bar (of the grid: a pair of bars in 2/4)
    a section's end    if nothing follows to fill it: filled with rest, as the last bar of a piece is
    irregular          anywhere else: the metre is stated again after it, so that bar lines stay right

A bar as long as several is several. In free metre a bar has the metre of its own length.
"""

from collections.abc import Sequence
from typing import NamedTuple

from symvae.music.io.score.written import TOLERANCE_QUARTER, Bar
from symvae.music.metre import GRID_BARS

_FREE_DENOMINATORS = (4, 8, 16, 32, 64)
#: A longer bar in free metre is music without bar lines.
_LONGEST_FREE_QUARTER = 8


class Layout(NamedTuple):
    """Starts of the played bars, in quarter notes."""

    bars: list[tuple[float, Bar]]
    metres: list[tuple[float, tuple[int, int]]]
    tempos: list[tuple[float, float]]
    end_quarter: float


def lay_out(bars: Sequence[Bar]) -> Layout:
    """Place bars one after the other.

    Args:
        bars: Bars in playing order.

    Returns:
        Their starts, and the changes of metre and tempo. The end is on a bar line.
    """
    placed: list[tuple[float, Bar]] = []
    metres: list[tuple[float, tuple[int, int]]] = []
    now = 0.0
    was_irregular = False
    measures = _measures(bars)
    for row, measure in enumerate(measures):
        metre, length = _metre_of(measure)
        if was_irregular or not metres or metres[-1][1] != metre:
            metres.append((now, metre))
        full = 4 * metre[0] / metre[1]
        missing = full - length
        start = now
        is_short = missing > TOLERANCE_QUARTER
        if is_short and row == 0 and len(measures) > 1:
            start = now + missing + full * (_file_bars(metre) - 1)
        for bar in measure:
            placed.append((start, bar))
            start += bar.length_quarter
        filled = is_short and (row + 1 == len(measures) or _ends(measure[-1]))
        off_bar_line = abs(length / full - round(length / full)) * full > TOLERANCE_QUARTER
        was_irregular = off_bar_line and not filled and not (is_short and row == 0)
        now = now + full if filled else start
    return Layout(placed, metres, _tempos(placed), now)


def _measures(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Join fragments, in playing order, into measures."""
    found: list[list[Bar]] = []
    pending: list[Bar] = []
    length = 0.0
    for bar in bars:
        full = bar.full_quarter
        if pending and (pending[0].metre != bar.metre or _exceeds(length + bar.length_quarter, full)):
            found.append(pending)
            pending, length = [], 0.0
        pending.append(bar)
        length += bar.length_quarter
        if full is None or length > full - TOLERANCE_QUARTER:
            found.append(pending)
            pending, length = [], 0.0
    return [*found, pending] if pending else found


def _exceeds(length: float, full: float | None) -> bool:
    return full is None or length > full + TOLERANCE_QUARTER


def _metre_of(measure: list[Bar]) -> tuple[tuple[int, int], float]:
    """Metre and length of a measure; one in free metre has the metre of its length."""
    length = sum(bar.length_quarter for bar in measure)
    metre = measure[0].metre
    if metre is None:
        metre = (4, 4)
        if length <= _LONGEST_FREE_QUARTER:
            for denominator in _FREE_DENOMINATORS:
                count = length * denominator / 4
                if count > 0.5 and abs(count - round(count)) < TOLERANCE_QUARTER:
                    metre = (round(count), denominator)
                    break
    return metre, length


def _file_bars(metre: tuple[int, int]) -> int:
    """Bars of this metre in one bar of the grid, so that the bar after a pickup begins one."""
    name = f"{metre[0]}/{metre[1]}"
    return GRID_BARS[name].file_bars if name in GRID_BARS else 1


def _ends(bar: Bar) -> bool:
    return bar.ends_section or bool(bar.closes_repeat)


def _tempos(placed: Sequence[tuple[float, Bar]]) -> list[tuple[float, float]]:
    """Changes of tempo; a repeat returns to the tempo of its first bar."""
    found: list[tuple[float, float]] = []
    for start, bar in placed:
        marks = [(0.0, bar.tempo_qpm)] if bar.tempo_qpm is not None else []
        for offset, tempo_qpm in [*marks, *bar.tempo_changes]:
            if not found or found[-1][1] != tempo_qpm:
                found.append((start + offset if found else 0.0, tempo_qpm))
    return found
