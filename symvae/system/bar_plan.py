"""Plans: which given bar each new bar resembles, and how closely.

Most bars of a tune are like the bars four or eight before or after them. So a bar to be drawn gets a given
bar as its source, and the draw is pulled toward it (`symvae.models.flow.bar_guidance`).
"""

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
INFILL_PULLS = (0.25, 0.15, 0.1, 0.05)
#: Weight of the likeness in real tunes beside that in the tune itself.
_PAIRS = 2


class Plan(NamedTuple):
    """Source and pull of each bar of a phrase."""

    source: Int[np.ndarray, " bar"]
    """The given bar that each bar resembles; of a given bar itself."""
    pull: Float[np.ndarray, " bar"]
    """Of given bars 1."""


def section_bars(bars: int) -> int:
    """Bars of a section: a quarter of a phrase of ``bars`` bars, four of sixteen."""
    return max(1, bars // 4)


def infill_plan(
    ids: Int[np.ndarray, "bar position"], known: Sequence[bool], pull: float, rank: int = 0
) -> Plan:
    """Plan of bars that resemble the given ones at the distance at which given bars are most alike.

    Args:
        ids: token ids; those of unknown bars are ignored.
        known: for each bar whether it is given.
        pull: pull of the unknown bars.
        rank: 0 for the given bar that is likeliest to be like each unknown one, 1 for the second, and so on.

    Returns:
        The plan; without given bars each bar is its own source.
    """
    bars, given = np.arange(len(known)), np.flatnonzero(known)
    if not len(given):
        return Plan(bars, np.zeros(len(known)))
    alike = likeness_by_distance(ids, known)[abs(bars[:, None] - given)]
    ranked = given[np.argsort(-alike, axis=1, kind="stable")]
    likely = ranked[:, min(rank, len(given) - 1)]
    return Plan(np.where(known, bars, likely), np.where(known, 1.0, pull))


def likeness_by_distance(
    ids: Int[np.ndarray, "bar position"], known: Sequence[bool]
) -> Float[np.ndarray, " distance"]:
    """Share of tokens that two given bars have in common, by their distance in bars.

    A mean over all pairs of given bars and `_PAIRS` pairs as in real tunes, where bars two sections apart are
    most alike.
    """
    section, given = section_bars(len(known)), np.flatnonzero(known)
    distance = abs(given[:, None] - given).ravel()
    alike = (ids[given][:, None] == ids[given]).mean(-1).ravel()
    expected = np.full(len(known), 0.5)
    expected[section : section + 1], expected[2 * section : 2 * section + 1] = 0.6, 0.75
    total, pairs = (np.bincount(distance, each, len(known)) / 2 for each in (alike, None))
    return (total + _PAIRS * expected) / (pairs + _PAIRS)
