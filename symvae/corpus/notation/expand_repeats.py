"""Expand repeats: written bars in the order in which they are played.

A repeat goes back to its opening sign; without one, to the last closed repeat or double bar, as players of
these books do. A bracket is played on the passes that it numbers. Da capo and dal segno are not followed:
the books write them as text, if at all.
"""

from collections.abc import Sequence

from symvae.corpus.notation.bar import WrittenBar

MOST_PASSES = 8


def expand_repeats(bars: Sequence[WrittenBar]) -> list[WrittenBar]:
    """List the bars in playing order, each as often as it is played."""
    played: list[WrittenBar] = []
    index, start, time = 0, 0, 1
    opened = False
    while index < len(bars):
        bar = bars[index]
        if bar.opens_repeat and index != start:
            start, time = index, 1
        opened = opened or bar.opens_repeat
        if bar.endings and time not in bar.endings:
            index += 1
            continue
        played.append(bar)
        if time < MOST_PASSES and _plays_again(bars, start, index, time):
            index, time = start, time + 1
            continue
        index += 1
        if bar.closes_repeat or (bar.ends_section and (bar.endings or not opened)):
            start, time, opened = index, 1, False
    return played


def _plays_again(bars: Sequence[WrittenBar], start: int, index: int, time: int) -> bool:
    """True if the section from ``start`` is played again after bar ``index``."""
    bar = bars[index]
    if not bar.endings:
        return bar.closes_repeat and time == 1
    end = index + 1
    while end < len(bars) and bars[end].endings:
        end += 1
    is_last_of_bracket = bar.closes_repeat or (end > index + 1 and bars[index + 1].endings != bar.endings)
    times = {number for written in bars[start:end] for number in written.endings}
    return is_last_of_bracket and (time + 1 in times or (time == 1 and bar.closes_repeat))
