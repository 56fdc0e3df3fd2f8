"""Order of labeled parts: ABC's field P, such as "AABB", "A2B2" or "(AB)2C".

Each part is expanded on its own, so a repeat never goes back into another part. A header that names a part
which the tune does not have, and a tune whose labels return, are played as written.
"""

import re

from symvae.music.io import limits
from symvae.music.io.score.playing_order import playing_order
from symvae.music.io.score.written import WrittenScore

_WORD = re.compile(r"([A-Za-z])(\d*)|(\()|\)(\d*)")


def in_play_order(score: WrittenScore, where: str) -> list[int]:
    """List the bars of a score in the order in which they are played.

    Args:
        score: The score.
        where: The file in error messages.

    Returns:
        Indices of its bars.

    Raises:
        MidiError: More bars are played than are read.
    """
    bars = score.bars
    starts = [i for i, bar in enumerate(bars) if bar.label]
    labels = [bars[i].label for i in starts]
    wanted = _letters(score.play_order, where)
    if not wanted or len(set(labels)) < len(labels) or not set(wanted) <= set(labels):
        return playing_order(bars, where)
    ends = [*starts[1:], len(bars)]
    expanded = {
        label: [start + i for i in playing_order(bars[start:end], where)]
        for label, start, end in zip(labels, starts, ends, strict=True)
    }
    order = playing_order(bars[: starts[0]], where)
    for label in wanted:
        order += expanded[label]
        limits.MEASURES.check(len(order), where)
    return order


def _letters(text: str, where: str) -> str:
    """The order with all counts written out: "A2(BC)2" is "AABCBC"."""
    stack = [""]
    for letter, count, opens, group_count in _WORD.findall(text):
        if opens:
            stack.append("")
            continue
        if letter:
            unit = letter
        elif len(stack) > 1:
            unit, count = stack.pop(), group_count
        else:
            continue
        limits.DIGITS.check(len(count), where)
        limits.MEASURES.check(len(stack[-1]) + len(unit) * int(count or 1), where)
        stack[-1] += unit * int(count or 1)
    return "".join(stack)
