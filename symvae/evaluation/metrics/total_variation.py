"""Total variation of two distributions over names: the largest difference of the shares of any event.

0 for equal distributions, 1 for disjoint ones. Plain counts or shares; no music, no network.
"""

from collections import Counter
from collections.abc import Iterable, Mapping


def shares(names: Iterable[str]) -> dict[str, float]:
    """Share of each name, the most frequent first."""
    count = Counter(names)
    return {name: number / count.total() for name, number in count.most_common()}


def total_variation(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Half the sum of the absolute differences of shares."""
    return sum(abs(a.get(name, 0) - b.get(name, 0)) for name in {*a, *b}) / 2
