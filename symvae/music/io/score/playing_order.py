"""Playing order: repeats, endings and jumps of written bars, expanded as musicians play them.

    A :| B :|               A A B B        back to the last repeat's end
    |: A |: B :| C :|       A B B C A B B C
    |: A |1 B :|2 C :|      A B A C
    A Fine B D.C.           A B A          after a jump no repeats, and the last ending
    A To-Coda B D.C. Coda C A B A C

A repeat without an opening sign goes back to the last closed repeat, or to a double bar where the format
marks sections by them. Every step of the expansion plays a bar or passes over a whole ending, so it takes
time in proportion to what is played, and what is played has a limit.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from symvae.music.io import limits
from symvae.music.io.score.written import Bar, Jump


class _Endings(NamedTuple):
    """Adjacent brackets: the bars from ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    first_bar: dict[int, int]
    """Pass → first bar of the bracket that is played then."""
    stops: frozenset[int]
    """The last bar of each bracket."""

    @property
    def last_pass(self) -> int:
        return max(self.first_bar)


def playing_order(bars: Sequence[Bar], where: str) -> list[int]:
    """List the bars in the order in which they are played.

    Args:
        bars: Written bars.
        where: The file in error messages.

    Returns:
        Indices of ``bars``, each as often as it is played.

    Raises:
        MidiError: More bars are played than are read.
    """
    return _Player(bars, where).play()


class _Player:
    """State of the expansion: the open repeats, innermost last, and whether a jump was taken."""

    def __init__(self, bars: Sequence[Bar], where: str) -> None:
        self.bars, self.where = bars, where
        self.endings = _endings(bars)
        self.open: list[list[int]] = [[0, 1]]  # first bar and pass of each open repeat
        self.jumped = False
        self.taken: set[int] = set()
        self.codas = [i for i, bar in enumerate(bars) if bar.coda]
        self.segnos = [i for i, bar in enumerate(bars) if bar.segno]
        self.to_coda = {i for i, bar in enumerate(bars) if bar.to_coda}
        if len(self.codas) > 1 and not self.to_coda:  # the first of two coda signs is where to leave
            self.to_coda = {self.codas[0] - 1}
        self.has_goal = any(bar.fine for bar in bars) or bool(self.to_coda and self.codas)

    def play(self) -> list[int]:
        order: list[int] = []
        i = 0
        while i < len(self.bars):
            bar = self.bars[i]
            if bar.opens_repeat and self.open[-1][0] != i:
                if i and self.bars[i - 1].ends_section:  # an earlier sign that was never closed
                    self.open = []
                self.open.append([i, 1])
            group = self.endings.get(i)
            if group and i == group.start:
                wanted = group.last_pass if self.jumped else self.open[-1][1]
                if wanted not in group.first_bar:
                    i = self._finish(group.end)
                    continue
                i = group.first_bar[wanted]
                bar = self.bars[i]
            order.append(i)
            limits.MEASURES.check(len(order), self.where)
            if self.jumped and bar.fine:
                break
            i = self._next(i, bar, group)
        return order

    def _next(self, i: int, bar: Bar, group: _Endings | None) -> int:
        """The bar after bar ``i``."""
        repeat = self.open[-1]
        if group and i in group.stops:
            closes = bar.closes_repeat or i + 1 < group.end
            again = repeat[1] < group.last_pass or (repeat[1] == 1 and bar.closes_repeat)
            if closes and again and not self.jumped:
                repeat[1] += 1
                return repeat[0]
            following = self._finish(group.end)
        elif bar.closes_repeat:
            again = repeat[1] < bar.closes_repeat
            if again and (bar.repeats_after_jump or not self.jumped):
                repeat[1] += 1
                return repeat[0]
            following = self._finish(i + 1)
        else:
            following = i + 1
            if bar.ends_section and len(self.open) == 1 and not self.bars[repeat[0]].opens_repeat:
                self.open = [[following, 1]]
        return self._jump(i, bar, following)

    def _finish(self, following: int) -> int:
        """Close the innermost repeat; what follows may be repeated without an opening sign."""
        if len(self.open) > 1:
            self.open.pop()
            start = self.open[0][0]
            if len(self.open) > 1 or self.bars[start].opens_repeat:
                return following
        self.open = [[following, 1]]
        return following

    def _jump(self, i: int, bar: Bar, following: int) -> int:
        if self.jumped and i in self.to_coda:
            later = bisect_right(self.codas, i)
            if later < len(self.codas):
                coda = self.codas[later]
                self.jumped, self.open = False, [[coda, 1]]
                return coda
        if bar.jump is None or i in self.taken or (bar.jump_needs_fine and not self.has_goal):
            return following
        self.taken.add(i)
        target = 0
        if bar.jump is Jump.DAL_SEGNO:
            before = bisect_right(self.segnos, i)
            target = self.segnos[before - 1] if before else 0
        self.jumped, self.open = True, [[target, 1]]
        return target


def _endings(bars: Sequence[Bar]) -> dict[int, _Endings]:
    """The group of endings of each bar that has a bracket."""
    found: dict[int, _Endings] = {}
    i = 0
    while i < len(bars):
        if not bars[i].ending:
            i += 1
            continue
        end = i
        first_bar: dict[int, int] = {}
        stops: set[int] = set()
        while end < len(bars) and bars[end].ending:
            is_new = end == i or bars[end].starts_ending or bars[end].ending != bars[end - 1].ending
            if is_new:
                if end > i:
                    stops.add(end - 1)
                    if 1 in bars[end].ending and 1 in first_bar:
                        break  # the first ending of the next repeat
                for number in bars[end].ending:
                    first_bar.setdefault(number, end)
            end += 1
        stops.add(end - 1)
        group = _Endings(i, end, first_bar, frozenset(stops))
        found |= dict.fromkeys(range(i, end), group)
        i = end
    return found
