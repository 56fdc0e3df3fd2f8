"""Plans: which given bar each new bar resembles, and how closely.

Most bars of a tune are like the bars four or eight before or after them. So a bar to be drawn gets a given
bar as its source, and the draw is pulled toward it (`symvae.models.flow.bar_guidance`).
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

#: Pull of bars that repeat their source as it is.
SAME = 0.5
#: Pull of bars that vary their source.
VARIED = 0.1
#: Pull of new bars: about that of chance, but the rhythm often stays.
NEW = 0.03
#: Pulls of one version of an infill after the other: each is freer than the one before.
INFILL_PULLS = (0.2, 0.15, 0.1, 0.05)


class Plan(NamedTuple):
    """Source and pull of each bar of a phrase."""

    source: Int[np.ndarray, " bar"]
    """The given bar that each bar resembles; of a given bar itself."""
    pull: Float[np.ndarray, " bar"]
    """Of given bars 1."""


def section_bars(bars: int) -> int:
    """Bars of a section: a quarter of a phrase of ``bars`` bars, four of sixteen."""
    return max(1, bars // 4)


def infill_plans(known: Sequence[bool], count: int, pull: float) -> list[Plan]:
    """Plans of bars that resemble given ones two sections or one away, before or after them.

    Args:
        known: for each bar whether it is given.
        count: number of plans: beyond four the same ones again.
        pull: pull of the unknown bars.

    Returns:
        ``count`` plans.
    """
    section = section_bars(len(known))
    ways = [(2 * section, True), (section, True), (section, False), (2 * section, False)]
    pulls = np.where(known, 1.0, pull if any(known) else 0.0)
    return [Plan(_sources(known, *ways[number % len(ways)]), pulls) for number in range(count)]


def _sources(known: Sequence[bool], period: int, earlier: bool) -> Int[np.ndarray, " bar"]:
    """For each bar the nearest given one at a multiple of the period; of two the earlier or the later."""
    given = [bar for bar, is_known in enumerate(known) if is_known] or [*range(len(known))]

    def distance(bar: int, other: int) -> tuple[bool, int, bool]:
        return (other - bar) % period != 0, abs(other - bar), (other < bar) != earlier

    nearest = [min(given, key=functools.partial(distance, bar)) for bar in range(len(known))]
    return np.array(nearest)
